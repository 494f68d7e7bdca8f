-- Has a library and the script share a table that neither may write.
-- expect: raised: context.state
-- library: lib.a = local b = {} return {put=function(v) b.v=v end, get=function() return b end}
local a = require("lib.a")

return { from = "in", to = "out", handler = function(event, context)
  local before = a.get().v
  a.put(event.data.n)
  return { escaped = before ~= nil }
end }
