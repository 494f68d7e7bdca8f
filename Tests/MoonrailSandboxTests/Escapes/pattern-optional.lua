-- Matches a pattern of optional characters, which tries all combinations.
-- expect: host exits 66
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("a"):rep(28):find(("a?"):rep(28) .. ("a"):rep(28) .. "b") }
end }
