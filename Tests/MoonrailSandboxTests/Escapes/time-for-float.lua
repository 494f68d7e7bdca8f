-- Counts in steps that change nothing.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  for _ = 1e308, math.huge, 1e-300 do end
end }
