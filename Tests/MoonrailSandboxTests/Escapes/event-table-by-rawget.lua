-- Reaches a table inside a table made at load through rawget.
-- expect: raised: context.state
local kept = { a = { n = 0 } }

return { from = "in", to = "out", handler = function(event, context)
  local inner = rawget(kept, "a")
  inner.n = inner.n + 1
  return { escaped = kept.a.n > 1 }
end }
