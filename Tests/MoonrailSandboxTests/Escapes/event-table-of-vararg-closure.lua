-- Finds a table only through a function's arguments at load.
-- expect: raised: context.state
local keep = (function(...) local all = { ... } return function() return all end end)({}, {})

return { from = "in", to = "out", handler = function(event, context)
  local box = keep()[1]
  local before = box.seen
  box.seen = true
  return { escaped = before ~= nil }
end }
