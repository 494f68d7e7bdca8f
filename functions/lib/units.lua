-- What several functions share; loaded with require "lib.units".
local units = {}

-- Degrees Celsius, rounded to two decimals.
function units.celsius(fahrenheit)
  return math.floor((fahrenheit - 32) * 500 / 9 + 0.5) / 100
end

return units
