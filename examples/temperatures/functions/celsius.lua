-- Degrees Fahrenheit in, degrees Celsius out, rounded to one decimal.
return {
  from = "weather.fahrenheit",
  to = "weather.celsius",
  handler = function(event, context)
    local reading = event.data
    reading.temp_c = math.floor((reading.temp_f - 32) * 50 / 9 + 0.5) / 10
    reading.temp_f = nil
    return reading
  end,
}
