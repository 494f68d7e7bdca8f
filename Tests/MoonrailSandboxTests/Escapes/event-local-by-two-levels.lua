-- Assigns a local two functions further out, from a function made by a function of the event.
-- expect: refused at load: context.state
local n = 0
local function outer() return function() return function() n = n + 1 return n end end end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = outer()()() > 1 }
end }
