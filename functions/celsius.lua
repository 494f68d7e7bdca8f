-- Degrees Fahrenheit in, degrees Celsius out.
local units = require "lib.units"

return {
  from = "readings.fahrenheit",
  to = "readings.celsius",
  handler = function(event, context)
    local reading = event.data
    if reading.temp_f < -100 then return context.reject("sensor fault") end
    reading.temp_c = units.celsius(reading.temp_f)
    reading.temp_f = nil
    return reading
  end,
}
