-- Catches its limit and emits an event.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  pcall(function() while true do end end)
  context.emit({ escaped = true })
  return { escaped = true }
end }
