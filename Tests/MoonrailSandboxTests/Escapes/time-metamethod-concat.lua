-- Joins without end in __concat.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __concat = function() while true do end end })
  return { escaped = "x" .. probe }
end }
