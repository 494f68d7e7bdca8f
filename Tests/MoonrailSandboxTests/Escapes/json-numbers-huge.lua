-- Has a number in its event of ten thousand digits.
-- expect: raised: event.data
-- event: {"n":DIGITS}
-- event: {"n":1e999999999999999999999}
-- repeat: DIGITS = "9" 10000
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data ~= nil }
end }
