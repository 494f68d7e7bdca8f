-- Asks string.format for a width that is too large.
-- expect: raised: invalid conversion
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #string.format("%9999999d", 1) > 0 }
end }
