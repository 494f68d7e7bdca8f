-- Counts events in a local that __tostring assigns.
-- expect: refused at load: context.state
local count = 0
local probe = setmetatable({}, { __tostring = function() count = count + 1 return "" .. count end })

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = tostring(probe) ~= "1" }
end }
