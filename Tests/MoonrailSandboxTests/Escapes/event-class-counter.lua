-- Counts events in a field of a class made at load.
-- expect: raised: context.state
local Class = { made = 0 }
Class.__index = Class
function Class.new() Class.made = Class.made + 1 return setmetatable({}, Class) end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = Class.new() and Class.made > 1 }
end }
