-- Reaches a table that is a key of a table made at load through the table's own functions.
-- expect: raised: context.state or raised: a key is a table
local kept = {}
kept[{ n = 0 }] = true

return { from = "in", to = "out", handler = function(event, context)
  for key in pairs(kept) do key.n = key.n + 1 end
  return { escaped = true }
end }
