return {
  from = "readings",
  numbers = "decimal",
  handler = function(event, context) return nil end,
}
