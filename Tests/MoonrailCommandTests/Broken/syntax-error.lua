return {
  from = "readings",
  handler = function(event, context)
    return event.data +
  end,
}
