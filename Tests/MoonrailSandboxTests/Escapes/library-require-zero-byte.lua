-- Hides the end of a library's name behind a zero byte.
-- expect: raised: there is no library
-- library: lib.units = return { secret = true }
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require("lib.units\0.lua") ~= nil }
end }
