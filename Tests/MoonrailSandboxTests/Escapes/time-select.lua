-- Selects the last of many arguments for each of them.
-- expect: time limit or raised: stack overflow
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 200 do list[i] = i end
  while true do for i = 1, 200 do select(i, table.unpack(list)) end end
end }
