-- Logs without end.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  while true do context.log.info("line") end
end }
