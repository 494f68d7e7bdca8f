-- Keeps something in what a function with variable arguments holds.
-- expect: refused at load: context.state
local function keep(...)
  local kept = ...
  return function(value) local old = kept kept = value return old end
end
local swap = keep(nil)

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = swap(event.data.n) ~= nil }
end }
