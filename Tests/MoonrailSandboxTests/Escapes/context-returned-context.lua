-- Emits the context as an event.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  pcall(context.emit, context)
  return { escaped = false }
end }
