-- Has a library that nests as deep as its size allows.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: OPEN = "(" 30000
-- library: lib.deep = return OPEN 1
local deep = require("lib.deep")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = deep == 1 }
end }
