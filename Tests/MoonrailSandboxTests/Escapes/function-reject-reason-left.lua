-- Leaves a reason to reject for an event that does not reject.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  pcall(function() error(context.emit and "not rejected") end)
  return { escaped = false }
end }
