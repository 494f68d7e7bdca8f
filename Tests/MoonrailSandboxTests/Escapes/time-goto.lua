-- Jumps in a circle.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  ::again::
  goto again
end }
