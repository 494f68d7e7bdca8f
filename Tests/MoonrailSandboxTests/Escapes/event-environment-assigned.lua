-- Assigns the environment itself, which is an upvalue of the handler.
-- expect: refused at load: context.state
return { from = "in", to = "out", handler = function(event, context)
  _ENV = { count = 1 }
  return { escaped = true }
end }
