-- Returns tables that would be strings by their metatables.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local inner = setmetatable({}, { __tostring = function() while true do end end })
  local other = setmetatable({ inner }, { __index = function() while true do end end })
  return { escaped = other == nil }
end }
