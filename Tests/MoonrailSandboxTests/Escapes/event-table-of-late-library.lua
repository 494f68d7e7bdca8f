-- Writes into the table of a library that the handler loads itself.
-- expect: raised: context.state
-- library: lib.store = return {}
return { from = "in", to = "out", handler = function(event, context)
  local store = require("lib.store")
  store.count = (store.count or 0) + 1
  return { escaped = store.count > 1 }
end }
