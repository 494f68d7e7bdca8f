return function(event, context)
  return event.data
end
