-- Writes into a table that is a global.
-- expect: raised: context.state
box = { inner = {} }

return { from = "in", to = "out", handler = function(event, context)
  local before = box.inner.seen
  box.inner.seen = true
  return { escaped = before ~= nil }
end }
