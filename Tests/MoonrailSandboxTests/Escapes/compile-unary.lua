-- Puts operators before one another as deep as its size allows.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: NOT = "not " 30000
local x = NOT 1

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = x == 1 }
end }
