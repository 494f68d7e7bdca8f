-- Reaches a table inside a table made at load through pairs.
-- expect: raised: context.state
local kept = { a = { n = 0 } }

return { from = "in", to = "out", handler = function(event, context)
  for _, inner in pairs(kept) do inner.n = inner.n + 1 end
  return { escaped = kept.a.n > 1 }
end }
