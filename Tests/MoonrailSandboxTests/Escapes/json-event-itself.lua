-- Returns the event itself.
-- expect: raised: data.event[2] is a function
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true, event = { event, print } }
end }
