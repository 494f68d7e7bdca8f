return {
  from = { "readings", true },
  handler = function(event, context) return nil end,
}
