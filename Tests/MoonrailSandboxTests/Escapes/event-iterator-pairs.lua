-- Counts events with a loop over a table that began at load.
-- expect: contained or raised: context.state or refused at load: context.state
local step = pairs({ 1, 2, 3, 4, 5 })

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = step() ~= 1 }
end }
