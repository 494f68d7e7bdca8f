local definition = {
  from = "readings",
  handler = function(event, context) return event.data end,
}
