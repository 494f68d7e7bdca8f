-- Gives a header a name that is one byte too long.
-- expect: raised: 1 to 64 bytes
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { headers = { [("x"):rep(65)] = "x" } })
end }
