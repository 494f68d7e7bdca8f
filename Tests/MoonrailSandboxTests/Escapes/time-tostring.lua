-- Becomes text without end.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = tostring(setmetatable({}, { __tostring = function() while true do end end })) }
end }
