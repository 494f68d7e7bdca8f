-- Counts events with a search that began at load and is a metamethod.
-- expect: refused at load: context.state
local kept = setmetatable({}, { __call = ("a b c d e"):gmatch("%a") })

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = kept() ~= "a" }
end }
