-- Sorts alerts by the time of day at which they fell: two outputs, one function.
return {
  from = "alerts.cold",
  to = { "alerts.cold.night", "alerts.cold.day" },
  handler = function(event, context)
    local hour = tonumber(event.data.time:sub(12, 13))
    local isNight = hour < 7 or hour >= 21
    context.emit(event.data, { to = isNight and "alerts.cold.night" or "alerts.cold.day" })
  end,
}
