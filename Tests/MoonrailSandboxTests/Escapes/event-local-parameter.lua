-- Counts events in the parameter of a function that ran at load.
-- expect: refused at load: context.state
local add = (function(count) return function() count = count + 1 return count end end)(0)

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = add() > 1 }
end }
