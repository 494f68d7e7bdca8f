-- It has all but the handler.

return {
  from = "readings",
  to = "copies",
}
