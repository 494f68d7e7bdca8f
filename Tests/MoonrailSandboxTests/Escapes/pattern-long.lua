-- Has a pattern longer than people write.
-- expect: raised: 1024
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):find(("a"):rep(2000)) }
end }
