-- Has a binary chunk for a library.
-- expect: refused at load: binary chunk
-- library: lib.binary = \x1bLua\x54\x00\x19\x93\r\n\x1a\n
local binary = require("lib.binary")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = binary ~= nil }
end }
