-- Makes small strings without end.
-- expect: memory limit or time limit
return { from = "in", to = "out", handler = function(event, context)
  local kept = {}
  for i = 1, math.maxinteger do kept["key" .. i] = "value" .. i end
end }
