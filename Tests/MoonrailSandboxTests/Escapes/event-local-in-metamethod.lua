-- Counts events in a local that a metamethod assigns.
-- expect: refused at load: context.state
local count = 0
local probe = setmetatable({}, { __index = function() count = count + 1 return count end })

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = probe.anything > 1 }
end }
