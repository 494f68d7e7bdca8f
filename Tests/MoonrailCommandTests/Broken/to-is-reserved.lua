return {
  from = "readings",
  to = "moonrail.logs",
  handler = function(event, context) return event.data end,
}
