return {
  from = "readings",
  description = 7,
  handler = function(event, context) return nil end,
}
