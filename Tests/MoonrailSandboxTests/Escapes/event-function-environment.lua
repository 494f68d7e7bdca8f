-- Gives functions an environment of their own that counts.
-- expect: refused at load: context.state or raised: context.state
local function counter(_ENV) return function() n = (n or 0) + 1 return n end end
local add = counter({})

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = add() > 1 }
end }
