-- Counts events in a file-level local that a function made by the handler assigns.
-- expect: refused at load: context.state
local count = 0

return { from = "in", to = "out", handler = function(event, context)
  local function add() count = count + 1 return count end
  return { escaped = add() > 1 }
end }
