-- Returns a document in which one table occurs twice, which is no cycle.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local shared = { 1 }
  context.emit({ a = shared, b = { shared, shared } })
  return { escaped = false }
end }
