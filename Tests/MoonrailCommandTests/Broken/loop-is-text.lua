return {
  from = "readings",
  loop = "yes",
  handler = function(event, context) return nil end,
}
