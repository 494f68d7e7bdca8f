-- Raises an object whose fields never end.
-- expect: raised: {}
return { from = "in", to = "out", handler = function(event, context)
  error(setmetatable({}, { __index = function() while true do end end, __len = error }))
end }
