-- Assigns a local in a function that only an __index of a metatable of a metatable's field holds.
-- expect: refused at load: context.state
local n = 0
local inner = setmetatable({}, { __index = function() n = n + 1 return n end })
local outer = setmetatable({}, { __index = inner })

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = outer.anything > 1 }
end }
