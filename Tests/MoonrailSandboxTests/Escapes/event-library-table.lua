-- Writes into the table that a library returned.
-- expect: raised: context.state
-- library: lib.store = return { count = 0 }
local store = require("lib.store")

return { from = "in", to = "out", handler = function(event, context)
  store.count = store.count + 1
  return { escaped = store.count > 1 }
end }
