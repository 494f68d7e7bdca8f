-- Reaches tables inside a table made at load through a sort's comparison.
-- expect: raised: context.state
local kept = { { n = 0 }, { n = 0 } }

return { from = "in", to = "out", handler = function(event, context)
  local copy = { table.unpack(kept) }
  table.sort(copy, function(a, b) a.n = a.n + 1 return false end)
  return { escaped = kept[1].n > 1 }
end }
