-- Catches its limit in a loop and goes on.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  while true do pcall(function() while true do end end) end
end }
