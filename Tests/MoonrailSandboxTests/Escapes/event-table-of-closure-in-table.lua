-- Finds a table only through closures inside closures.
-- expect: raised: context.state
local function outer()
  local box = {}
  return function() return function() return box end end
end
local reach = { get = outer() }

return { from = "in", to = "out", handler = function(event, context)
  local box = reach.get()()
  local before = box.seen
  box.seen = true
  return { escaped = before ~= nil }
end }
