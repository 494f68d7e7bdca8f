-- Reaches a table made at load through __index of a table of the event's.
-- expect: raised: context.state
local kept = { inner = {} }

return { from = "in", to = "out", handler = function(event, context)
  local view = setmetatable({}, { __index = kept, __newindex = kept })
  view.inner.seen = true
  view.count = (kept.count or 0) + 1
  return { escaped = kept.count > 1 }
end }
