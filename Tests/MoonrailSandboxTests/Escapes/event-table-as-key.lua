-- Writes into a table that is a key of a table made at load.
-- expect: contained or raised: context.state or raised: a key is a table
local key = {}
local kept = { [key] = true }

return { from = "in", to = "out", handler = function(event, context)
  key.count = (key.count or 0) + 1
  return { escaped = key.count > 1 }
end }
