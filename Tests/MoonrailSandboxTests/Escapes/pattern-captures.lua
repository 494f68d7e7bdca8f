-- Matches repetitions of captured text.
-- expect: host exits 66
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):rep(3000):match("(a*)(a*)(a*)(a*)%1%2%3%4b") }
end }
