return {
  from = "readings",
  limits = "8MiB",
  handler = function(event, context) return nil end,
}
