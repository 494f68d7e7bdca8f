-- Has so many lines that their numbers take more than a byte or two.
-- expect: raised: attempt to perform arithmetic on a nil value
-- repeat: LINE = "\n" 100000
return { from = "in", to = "out", handler = function(event, context)
  LINE
  local x = nil + 1
end }
