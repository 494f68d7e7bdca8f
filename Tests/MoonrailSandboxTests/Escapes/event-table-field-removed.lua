-- Takes a field out of a table made at load.
-- expect: raised: context.state
local kept = { seen = false }

return { from = "in", to = "out", handler = function(event, context)
  local before = kept.seen
  kept.seen = nil
  return { escaped = before == nil }
end }
