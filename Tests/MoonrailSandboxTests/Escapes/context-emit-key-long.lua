-- Gives a key that is one byte too long.
-- expect: raised: key has 1025 bytes
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { key = ("x"):rep(1025) })
end }
