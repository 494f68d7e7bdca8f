return {
  from = 7,
  handler = function(event, context) return nil end,
}
