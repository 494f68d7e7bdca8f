-- Has an event nested deeper than the limit.
-- expect: output limit or raised: nested deeper
-- event: OPEN CLOSE
-- repeat: OPEN = "[" 5000
-- repeat: CLOSE = "]" 5000
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data ~= nil }
end }
