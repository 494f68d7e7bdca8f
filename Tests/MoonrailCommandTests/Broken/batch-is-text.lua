return {
  from = "readings",
  batch = "many",
  handler = function(event, context) return nil end,
}
