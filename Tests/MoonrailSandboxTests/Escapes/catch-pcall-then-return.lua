-- Catches its limit and returns as if nothing had been.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  pcall(function() while true do end end)
  return { escaped = true }
end }
