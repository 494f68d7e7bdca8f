return {
  from = "readings",
  handler = function(event, context)
    if event.data.a then
      return event.data
  end,
}
