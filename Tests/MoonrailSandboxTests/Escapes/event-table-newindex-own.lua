-- Writes into a table made at load through __newindex of a table of the event's.
-- expect: raised: context.state
local kept = {}

return { from = "in", to = "out", handler = function(event, context)
  local view = setmetatable({}, { __newindex = kept })
  view.count = (kept.count or 0) + 1
  return { escaped = kept.count > 1 }
end }
