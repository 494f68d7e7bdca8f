-- Has a large table of small tables from load on, and writes into the last.
-- expect: raised: context.state
-- repeat: ROW = "{n=%d}," 9000
local kept = { ROW }

return { from = "in", to = "out", handler = function(event, context)
  kept[9000].n = kept[9000].n + 1
  return { escaped = kept[9000].n > 9001 }
end }
