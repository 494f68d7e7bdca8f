return {
  from = "readings",
  to = { first = "copies" },
  handler = function(event, context) return event.data end,
}
