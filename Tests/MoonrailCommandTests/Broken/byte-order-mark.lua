return {
  from = "readings",
  handler = function() end,
}
