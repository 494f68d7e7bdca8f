-- Writes into a table that table.pack made at load.
-- expect: raised: context.state
local kept = table.pack(1, 2, 3)

return { from = "in", to = "out", handler = function(event, context)
  kept.n = kept.n + 1
  return { escaped = kept.n > 4 }
end }
