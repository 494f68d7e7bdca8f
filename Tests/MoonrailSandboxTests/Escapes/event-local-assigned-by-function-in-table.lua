-- Counts events in a file-level local that a function found at run time assigns.
-- expect: refused at load: context.state
local count = 0
local actions = { add = function() count = count + 1 return count end }

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = actions[("a") .. "dd"]() > 1 }
end }
