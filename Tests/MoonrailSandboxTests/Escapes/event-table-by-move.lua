-- Reaches a table inside a table made at load through a copy that table.move made.
-- expect: raised: context.state
local kept = { { n = 0 } }

return { from = "in", to = "out", handler = function(event, context)
  local copy = table.move(kept, 1, 1, 1, {})
  copy[1].n = copy[1].n + 1
  return { escaped = kept[1].n > 1 }
end }
