-- Passes on what lies beyond a limit. Attached twice in moonrail.yaml, with inputs of their own.
return {
  from = "weather.celsius",
  handler = function(event, context)
    local reading, inputs = event.data, context.inputs
    if inputs.below and reading.temp_c < inputs.below then
      reading.alert = "under " .. inputs.below .. " °C"
      return reading
    elseif inputs.above and reading.temp_c > inputs.above then
      reading.alert = "over " .. inputs.above .. " °C"
      return reading
    end
  end,
}
