return {
  from = "readings",
  on_failure = "retry",
  handler = function(event, context) return nil end,
}
