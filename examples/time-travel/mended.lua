-- What each meter has used so far, in kilowatt hours, whatever unit it reads.
return {
  description = "adds up what each meter used",
  from = "readings",
  to = "totals",
  state = { initial = { kwh = 0 } },
  handler = function(event, context)
    local reading, meter = event.data, context.state
    local used = reading.unit == "Wh" and reading.used / 1000 or reading.used
    meter.kwh = meter.kwh + used
    return { meter = event.key, kwh = meter.kwh }
  end,
}
