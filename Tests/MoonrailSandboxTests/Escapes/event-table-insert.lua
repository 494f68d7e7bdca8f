-- Appends to a list made at load.
-- expect: raised: context.state
local kept = {}

return { from = "in", to = "out", handler = function(event, context)
  table.insert(kept, event.data.n)
  return { escaped = #kept > 1 }
end }
