-- Loads two libraries that load each other.
-- expect: refused at load: circle
-- library: lib.a = return require("lib.b")
-- library: lib.b = return require("lib.a")
local a = require("lib.a")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = a ~= nil }
end }
