-- Raises nothing.
-- expect: raised: nil
return { from = "in", to = "out", handler = function(event, context)
  error()
end }
