return {
  from = "readings",
  handler = "return event.data",
}
