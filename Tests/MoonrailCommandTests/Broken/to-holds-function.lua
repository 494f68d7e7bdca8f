return {
  from = "readings",
  to = { "copies", function() end },
  handler = function(event, context) return event.data end,
}
