-- Copies into a list made at load.
-- expect: raised: context.state
local kept = {}

return { from = "in", to = "out", handler = function(event, context)
  local before = kept[1]
  table.move({ event.data.n }, 1, 1, 1, kept)
  return { escaped = before ~= nil }
end }
