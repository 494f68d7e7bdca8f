return {
  from = "readings",
  breaker = { failures = 20, events = 10 },
  handler = function(event, context) return nil end,
}
