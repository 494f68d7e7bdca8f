-- Sends each payment to the station that its method belongs to; what fits none is a dead letter.
local stations = { card = "payments.card", invoice = "payments.invoice" }

return {
  from = "payments",
  to = { "payments.card", "payments.invoice" },
  handler = function(event, context)
    local station = stations[event.data.method]
    if not station then
      return context.reject("unknown payment method " .. tostring(event.data.method))
    end
    context.emit(event.data, { to = station })
  end,
}
