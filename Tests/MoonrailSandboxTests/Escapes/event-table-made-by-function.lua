-- Writes into a table that a function made at load and nobody else holds.
-- expect: raised: context.state
local function store()
  local kept = {}
  return function(value) local before = kept.value kept.value = value return before end
end
local swap = store()

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = swap(event.data.n) ~= nil }
end }
