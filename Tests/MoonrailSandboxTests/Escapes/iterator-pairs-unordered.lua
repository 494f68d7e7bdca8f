-- Walks keys that have no order.
-- expect: raised: only strings, numbers and booleans have an order
return { from = "in", to = "out", handler = function(event, context)
  for _ in pairs({ [{}] = 1, [print] = 2 }) do end
end }
