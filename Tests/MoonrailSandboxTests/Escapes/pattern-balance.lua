-- Looks for balanced brackets that never close, at each place of a long text.
-- expect: host exits 66
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("("):rep(1000000):find("%b()") }
end }
