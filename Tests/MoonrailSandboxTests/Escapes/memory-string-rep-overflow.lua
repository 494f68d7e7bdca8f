-- Asks string.rep for more bytes than there are addresses.
-- expect: raised: resulting string too large
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #("x"):rep(math.maxinteger) > 0 }
end }
