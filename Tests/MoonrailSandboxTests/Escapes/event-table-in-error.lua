-- Keeps a table in an error that was caught at load.
-- expect: raised: context.state
local _, kept = pcall(error, {})

return { from = "in", to = "out", handler = function(event, context)
  kept.count = (kept.count or 0) + 1
  return { escaped = kept.count > 1 }
end }
