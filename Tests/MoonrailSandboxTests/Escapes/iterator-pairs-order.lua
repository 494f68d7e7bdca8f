-- Fills a table in two orders and looks whether pairs shows which.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local a, b = {}, {}
  for i = 1, 50 do a["k" .. i] = i end
  for i = 50, 1, -1 do b["k" .. i] = i end
  local order_a, order_b = {}, {}
  for key in pairs(a) do order_a[#order_a + 1] = key end
  for key in pairs(b) do order_b[#order_b + 1] = key end
  return { escaped = table.concat(order_a) ~= table.concat(order_b) }
end }
