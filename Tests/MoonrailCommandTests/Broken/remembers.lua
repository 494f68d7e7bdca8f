local count = 0

return {
  from = "readings",
  handler = function(event, context)
    count = count + 1
    return { count = count }
  end,
}
