-- One order in, one event for each of its lines out, keyed by article, so that the events of one
-- article stay in order.
return {
  from = "orders",
  to = "order-lines",
  handler = function(event, context)
    for number, line in ipairs(event.data.lines) do
      context.emit(
        { order = event.data.order, line = number, article = line.article, count = line.count },
        { key = line.article, type = "order-line.v1+json" })
    end
  end,
}
