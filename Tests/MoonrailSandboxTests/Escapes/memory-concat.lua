-- Joins a list with a long separator.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 1000 do list[i] = "x" end
  return { escaped = #table.concat(list, ("y"):rep(100000)) > 0 }
end }
