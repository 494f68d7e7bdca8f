-- Has an error on a line of a hundred thousand characters.
-- expect: raised: attempt to perform arithmetic on a nil value
-- repeat: SPACE = " " 100000
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = SPACE nil + 1 }
end }
