-- Draws random numbers without end.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  while true do math.random(3) end
end }
