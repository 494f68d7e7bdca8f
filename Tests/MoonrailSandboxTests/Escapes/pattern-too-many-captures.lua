-- Has more captures than there is room for.
-- expect: raised: too many captures
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):rep(40):find(("(a)"):rep(40)) }
end }
