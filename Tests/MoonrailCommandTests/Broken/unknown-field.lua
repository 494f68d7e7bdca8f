return {
  from = "readings",
  to = "copies",
  on_failrue = "stop",
  handler = function(event, context) return event.data end,
}
