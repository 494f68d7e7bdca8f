-- Calls functions of the context with another context in mind.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local other = { emit = context.emit, reject = context.reject }
  other.emit({ escaped = false })
end }
