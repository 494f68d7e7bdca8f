return {
  from = "readings",
  description = "Köln",
  handler = function(event, context) return nil end,
}
