-- Loads a library that the next function must not have.
-- expect: contained
-- library: lib.left = return { secret = true }
local left = require("lib.left")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = left.secret ~= true }
end }
