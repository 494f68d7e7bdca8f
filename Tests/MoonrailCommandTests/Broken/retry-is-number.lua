return {
  from = "readings",
  retry = 3,
  handler = function(event, context) return nil end,
}
