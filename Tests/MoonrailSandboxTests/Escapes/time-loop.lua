-- Loops without end.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  while true do end
end }
