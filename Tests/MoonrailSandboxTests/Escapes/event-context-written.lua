-- Writes into the context.
-- expect: raised: read-only
return { from = "in", to = "out", handler = function(event, context)
  context.count = (context.count or 0) + 1
  return { escaped = context.count > 1 }
end }
