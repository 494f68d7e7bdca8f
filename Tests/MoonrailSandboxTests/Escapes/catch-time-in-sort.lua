-- Catches its limit in each comparison of a long sort.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 10000 do list[i] = i % 7 end
  table.sort(list, function() pcall(function() while true do end end) return false end)
  return { escaped = true }
end }
