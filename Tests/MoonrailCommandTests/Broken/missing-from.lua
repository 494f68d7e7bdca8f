return {
  to = "copies",
  handler = function(event, context) return event.data end,
}
