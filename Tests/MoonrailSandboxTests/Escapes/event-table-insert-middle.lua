-- Shifts a list made at load.
-- expect: raised: context.state
local kept = { 1, 2, 3 }

return { from = "in", to = "out", handler = function(event, context)
  table.insert(kept, 1, 0)
  return { escaped = #kept > 4 }
end }
