-- Has a table made at load that contains itself, and writes through the circle.
-- expect: raised: context.state
local kept = { n = 0 }
kept.self = { kept }

return { from = "in", to = "out", handler = function(event, context)
  local around = kept.self[1].self[1]
  if not rawequal(around, kept) then return { escaped = true } end
  around.n = around.n + 1
  return { escaped = kept.n > 1 }
end }
