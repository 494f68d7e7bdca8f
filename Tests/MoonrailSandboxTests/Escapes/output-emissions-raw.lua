-- Emits raw bytes larger than an event may be.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  context.emit(("x"):rep(1000000), { type = "application/octet-stream" })
end }
