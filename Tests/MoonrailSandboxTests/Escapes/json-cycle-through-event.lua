-- Returns an event that contains itself.
-- expect: raised: contains itself or output limit
return { from = "in", to = "out", handler = function(event, context)
  event.data.self = event.data
  return event.data
end }
