-- Has a name of a hundred thousand letters, and an error about it.
-- expect: raised: attempt to
-- repeat: NAME = "a" 100000
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = NAME.x }
end }
