-- Counts events with a search that began at load and is an __index.
-- expect: refused at load: context.state
local kept = setmetatable({}, { __index = ("a b c d e"):gmatch("%a") })

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = kept.anything ~= "a" }
end }
