-- Gives a type that is one byte too long.
-- expect: raised: type has 256 bytes
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { type = ("x"):rep(256) })
end }
