return {
  from = "readings",
  start = "now",
  handler = function(event, context) return nil end,
}
