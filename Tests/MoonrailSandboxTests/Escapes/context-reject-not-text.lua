-- Rejects with bytes that are no text.
-- expect: rejected: ????
return { from = "in", to = "out", handler = function(event, context)
  return context.reject("\xff\xfe\xc0\x80")
end }
