-- Sorts by a comparison that contradicts itself, forever.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 1000 do list[i] = i % 7 end
  while true do table.sort(list, function() return true end) end
end }
