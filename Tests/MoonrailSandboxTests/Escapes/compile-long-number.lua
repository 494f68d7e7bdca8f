-- Has a number of a hundred thousand digits.
-- expect: contained
-- repeat: DIGITS = "9" 100000
local number = DIGITS

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = number ~= math.huge }
end }
