-- Reaches a table inside a table made at load through table.unpack and select.
-- expect: raised: context.state
local kept = { { n = 0 }, { n = 0 } }

return { from = "in", to = "out", handler = function(event, context)
  local inner = select(2, table.unpack(kept))
  inner.n = inner.n + 1
  return { escaped = kept[2].n > 1 }
end }
