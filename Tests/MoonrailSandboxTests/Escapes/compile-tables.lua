-- Nests table constructors as deep as its size allows.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: OPEN = "{" 30000
-- repeat: CLOSE = "}" 30000
local x = OPEN CLOSE

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = x ~= nil }
end }
