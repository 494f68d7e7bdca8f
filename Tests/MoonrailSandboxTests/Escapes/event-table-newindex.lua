-- Writes from a __newindex that was set at load.
-- expect: raised: context.state
local store = {}
local kept = setmetatable({}, { __newindex = function(_, key, value) store[key] = value end })

return { from = "in", to = "out", handler = function(event, context)
  kept.seen = (store.seen or 0) + 1
  return { escaped = store.seen > 1 }
end }
