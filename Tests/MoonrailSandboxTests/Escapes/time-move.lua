-- Copies nothing as often as there are numbers: the loop is inside C.
-- expect: host exits 66 or time limit
return { from = "in", to = "out", handler = function(event, context)
  table.move({}, 1, math.maxinteger - 1, 2)
  return { escaped = true }
end }
