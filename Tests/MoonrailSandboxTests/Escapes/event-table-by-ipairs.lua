-- Reaches a table inside a table made at load through ipairs.
-- expect: raised: context.state
local kept = { { n = 0 } }

return { from = "in", to = "out", handler = function(event, context)
  for _, inner in ipairs(kept) do inner.n = inner.n + 1 end
  return { escaped = kept[1].n > 1 }
end }
