-- Raises what context.reject returns.
-- expect: rejected: reason or raised: error object
return { from = "in", to = "out", handler = function(event, context)
  local rejection = context.reject("reason")
  error(rejection)
end }
