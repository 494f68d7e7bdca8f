-- Runs patterns that are each within bounds, without end.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  while true do pcall(string.find, ("a"):rep(100), "a*a*b") end
end }
