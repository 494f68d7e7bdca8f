-- Has string.format quote bytes that take four each.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #string.format("%q", ("\0"):rep(4 << 20)) > 0 }
end }
