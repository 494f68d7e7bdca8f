-- Asks string.rep for a gigabyte.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #("x"):rep(1 << 30) > 0 }
end }
