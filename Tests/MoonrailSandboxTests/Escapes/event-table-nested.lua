-- Writes into a table inside a table made at load.
-- expect: raised: context.state
local kept = { a = { { b = {} } } }

return { from = "in", to = "out", handler = function(event, context)
  local before = kept.a[1].b.seen
  kept.a[1].b.seen = true
  return { escaped = before ~= nil }
end }
