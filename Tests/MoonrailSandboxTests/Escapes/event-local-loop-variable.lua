-- Counts events in a loop's variable that a closure holds.
-- expect: refused at load: context.state
local add
for count = 1, 1 do add = function() count = count + 1 return count end end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = add() > 2 }
end }
