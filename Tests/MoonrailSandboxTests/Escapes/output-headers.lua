-- Emits headers larger than an event may have.
-- expect: raised: 16384
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { headers = { h = ("x"):rep(70000) } })
end }
