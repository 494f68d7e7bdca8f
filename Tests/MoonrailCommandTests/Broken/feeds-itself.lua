return {
  from = "readings",
  to = "readings",
  handler = function(event, context) return event.data end,
}
