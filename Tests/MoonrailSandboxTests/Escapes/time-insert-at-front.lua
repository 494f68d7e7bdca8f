-- Inserts at the front of a list again and again.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 1000000 do table.insert(list, 1, i) end
  return { escaped = true }
end }
