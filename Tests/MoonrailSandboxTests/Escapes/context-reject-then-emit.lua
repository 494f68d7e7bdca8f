-- Rejects the event, emits, and returns an event.
-- expect: rejected: no
return { from = "in", to = "out", handler = function(event, context)
  context.reject("no")
  context.emit({ escaped = true })
  return { escaped = true }
end }
