-- Adds a field to a table made at load.
-- expect: raised: context.state
local kept = {}

return { from = "in", to = "out", handler = function(event, context)
  local before = kept.seen
  kept.seen = true
  return { escaped = before ~= nil }
end }
