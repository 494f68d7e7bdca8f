-- Emits without end.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  while true do context.emit({ escaped = false }) end
end }
