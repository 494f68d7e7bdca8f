-- Measures without end in __len.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __len = function() while true do end end })
  return { escaped = #probe }
end }
