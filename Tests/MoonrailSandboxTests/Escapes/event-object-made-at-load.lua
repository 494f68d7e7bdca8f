-- Counts events in an object made at load, through its own method.
-- expect: raised: context.state
local Class = {}
Class.__index = Class
function Class:add() self.n = self.n + 1 return self.n end
local object = setmetatable({ n = 0 }, Class)

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = object:add() > 1 }
end }
