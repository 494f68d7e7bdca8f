-- Gives an id that is one byte too long.
-- expect: raised: id has 129 bytes
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { id = ("x"):rep(129) })
end }
