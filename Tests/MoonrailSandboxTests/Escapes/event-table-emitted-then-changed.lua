-- Emits a table made at load and changes a copy of it.
-- expect: contained
local kept = { list = { 1, 2 } }

return { from = "in", to = "out", handler = function(event, context)
  local copy = table.move(kept.list, 1, 2, 1, {})
  copy[3] = 3
  context.emit({ list = kept.list })
  return { escaped = #kept.list ~= 2 }
end }
