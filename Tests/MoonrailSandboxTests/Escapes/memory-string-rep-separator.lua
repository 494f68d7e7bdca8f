-- Asks string.rep for a gigabyte of separators.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #(""):rep(1 << 20, ("y"):rep(1 << 10)) > 0 }
end }
