-- Calls context.emit as a method, so that the context is the data.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  local done = pcall(function() context:emit({ escaped = true }) end)
  return { escaped = escaped }
end }
