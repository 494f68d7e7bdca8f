-- Leaves a message in the order of a list made at load.
-- expect: raised: context.state
local kept = { 1, 2, 3 }

return { from = "in", to = "out", handler = function(event, context)
  local before = kept[1]
  table.sort(kept, function(a, b) return a > b end)
  return { escaped = before ~= 1 }
end }
