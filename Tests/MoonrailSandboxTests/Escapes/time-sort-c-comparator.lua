-- Sorts a long list by a C function, again and again.
-- expect: time limit or host exits 66
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 100000 do list[i] = i * 7919 % 100003 end
  while true do table.sort(list, rawequal) end
end }
