-- Takes elements out of a list made at load.
-- expect: raised: context.state
local kept = { 1, 2, 3, 4 }

return { from = "in", to = "out", handler = function(event, context)
  table.remove(kept)
  return { escaped = #kept < 3 }
end }
