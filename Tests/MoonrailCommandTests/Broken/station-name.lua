return {
  from = "Readings of Today",
  handler = function(event, context) return nil end,
}
