-- Counts through all numbers.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  for _ = math.mininteger, math.maxinteger do end
end }
