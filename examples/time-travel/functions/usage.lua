-- What each meter has used so far. It takes every reading for kilowatt hours.
return {
  description = "adds up what each meter used",
  from = "readings",
  to = "totals",
  state = { initial = { kwh = 0 } },
  handler = function(event, context)
    local meter = context.state
    meter.kwh = meter.kwh + event.data.used
    return { meter = event.key, kwh = meter.kwh }
  end,
}
