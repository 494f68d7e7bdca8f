-- The reference function, as Moonrail runs it.
local floor = math.floor

return {
  from = "in",
  to = "out",
  handler = function(event, context)
    local reading = event.data
    local fahrenheit = reading.temp_f
    if fahrenheit < 60 then return nil end
    reading.temp_f = nil
    reading.temp_c = floor((fahrenheit - 32) * 500 / 9 + 0.5) / 100
    reading.scale = "C"
    return reading
  end,
}
