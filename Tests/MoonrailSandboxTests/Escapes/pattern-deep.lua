-- Has a pattern that recurses deeper than a matcher may.
-- expect: raised: pattern too complex
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):rep(400):find(("a?"):rep(400)) }
end }
