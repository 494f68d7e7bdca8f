return {
  from = "readings",
  limits = { memori = "8MiB" },
  handler = function(event, context) return nil end,
}
