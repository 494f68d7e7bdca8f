-- Nests parentheses as deep as its size allows.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: OPEN = "(" 30000
-- repeat: CLOSE = ")" 30000
local x = OPEN 1 CLOSE

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = x == 1 }
end }
