-- Has a function called when memory is freed.
-- expect: raised: __gc is not available
return { from = "in", to = "out", handler = function(event, context)
  setmetatable({}, { __gc = function() while true do end end })
end }
