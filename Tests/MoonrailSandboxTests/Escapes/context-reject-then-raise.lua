-- Rejects the event and raises.
-- expect: rejected: no or raised: after
return { from = "in", to = "out", handler = function(event, context)
  context.reject("no")
  error("after")
end }
