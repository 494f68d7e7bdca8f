-- Matches a pattern of many lazy repetitions.
-- expect: host exits 66
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):rep(3000):match((".-"):rep(10) .. "b") }
end }
