-- Rejects with a reason of megabytes.
-- expect: rejected: xxxx
return { from = "in", to = "out", handler = function(event, context)
  return context.reject(("x"):rep(2000000))
end }
