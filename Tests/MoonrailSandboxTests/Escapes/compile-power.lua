-- Chains operators that group to the right.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: POWER = "2^" 60000
local x = POWER 2

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = x == 1 }
end }
