-- Writes through a chain of __newindex tables set at load.
-- expect: raised: context.state
local store = {}
local kept = setmetatable({}, { __newindex = setmetatable({}, { __newindex = store }) })

return { from = "in", to = "out", handler = function(event, context)
  kept.seen = (store.seen or 0) + 1
  return { escaped = store.seen > 1 }
end }
