-- Has an event of brackets that never close.
-- expect: output limit or raised: event.data
-- event: OPEN
-- repeat: OPEN = "[" 200000
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data ~= nil }
end }
