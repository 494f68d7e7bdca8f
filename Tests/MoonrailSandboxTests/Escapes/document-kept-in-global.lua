-- Keeps an event's document for the next event, in a global.
-- expect: raised: read-only
return { from = "in", to = "out", handler = function(event, context)
  if kept then return { escaped = kept.n ~= nil } end
  kept = event.data
  return { escaped = false }
end }
