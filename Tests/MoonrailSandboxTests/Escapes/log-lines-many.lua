-- Logs far more lines than an event may.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  for i = 1, 5000 do context.log.info("line", i) print(i) end
  return { escaped = false }
end }
