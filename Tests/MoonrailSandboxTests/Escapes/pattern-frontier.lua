-- Looks for a frontier behind a repetition at each place of a long text.
-- expect: host exits 66
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):rep(1000000):find("a-%f[b]b") }
end }
