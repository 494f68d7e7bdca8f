-- Counts events in a file-level local that a helper function assigns.
-- expect: refused at load: context.state
local count = 0
local function add() count = count + 1 return count end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = add() > 1 }
end }
