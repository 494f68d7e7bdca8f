-- Sorts a list that fills half of the memory: sorting takes as much again.
-- expect: memory limit or time limit
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 260000 do list[i] = -i end
  table.sort(list)
  return { escaped = true }
end }
