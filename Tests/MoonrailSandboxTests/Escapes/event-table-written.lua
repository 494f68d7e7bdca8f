-- Counts events in a field of a table made at load.
-- expect: raised: context.state
local kept = { count = 0 }

return { from = "in", to = "out", handler = function(event, context)
  kept.count = kept.count + 1
  return { escaped = kept.count > 1 }
end }
