return {
  from = "readings",
  limits = {
    time = "5 minutes",
  },
  handler = function(event, context) return nil end,
}
