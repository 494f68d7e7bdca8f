-- Asks for a library with a name of a megabyte.
-- expect: raised: there is no library
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require(("lib."):rep(250000)) ~= nil }
end }
