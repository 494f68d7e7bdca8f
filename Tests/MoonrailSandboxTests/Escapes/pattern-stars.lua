-- Matches a pattern of many repetitions.
-- expect: host exits 66
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):rep(3000):find(("a*"):rep(12) .. "b") }
end }
