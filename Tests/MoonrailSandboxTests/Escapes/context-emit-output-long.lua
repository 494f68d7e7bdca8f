-- Names a station with a megabyte.
-- expect: raised: it may have
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { to = ("x"):rep(1000000) })
end }
