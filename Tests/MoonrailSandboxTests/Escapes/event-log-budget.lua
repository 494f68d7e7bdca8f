-- Looks whether the lines of one event are taken from the next one's.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  for i = 1, 100 do context.log.info(i) end
  return { escaped = false }
end }
