-- Loops without end in another way.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  repeat local x = 1 until x == 2
end }
