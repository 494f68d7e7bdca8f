-- Repeats nothing as often as there are numbers.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #(""):rep(math.maxinteger) > 0 }
end }
