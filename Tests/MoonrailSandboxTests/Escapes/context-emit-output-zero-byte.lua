-- Hides the end of a station's name behind a zero byte.
-- expect: raised: is not an output of this function
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { to = "out\0.other" })
end }
