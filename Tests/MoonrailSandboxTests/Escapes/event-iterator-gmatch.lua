-- Counts events with a search that began at load.
-- expect: contained or raised: context.state or refused at load: context.state
local step = ("a b c d e"):gmatch("%a")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = step() ~= "a" }
end }
