-- Has a function called when a block is left.
-- expect: raised: __close is not available
return { from = "in", to = "out", handler = function(event, context)
  local x <close> = setmetatable({}, { __close = function() while true do end end })
end }
