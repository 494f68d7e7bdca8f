-- Raises an object whose text never ends.
-- expect: raised: {}
return { from = "in", to = "out", handler = function(event, context)
  error(setmetatable({}, { __tostring = function() while true do end end }))
end }
