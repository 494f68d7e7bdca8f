-- Catches its limit and rejects the event instead.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  pcall(function() while true do end end)
  return context.reject("escaped")
end }
