-- Joins orders and payments by the order's number, whichever comes first. What waits for its other half is the
-- function's state; a pair that is complete leaves none.
return {
  description = "joins orders with their payments",
  from = { "orders", "payments" },
  to = { "paid", "disputes" },
  state = { key = "order" },
  handler = function(event, context)
    local waiting = context.state
    waiting[event.station] = event.data
    local order, payment = waiting.orders, waiting.payments
    if not order or not payment then return end
    waiting.orders, waiting.payments = nil, nil
    local pair = { order = order.order, customer = order.customer, cents = order.cents, paid = payment.cents }
    context.emit(pair, { to = pair.cents == pair.paid and "paid" or "disputes" })
  end,
}
