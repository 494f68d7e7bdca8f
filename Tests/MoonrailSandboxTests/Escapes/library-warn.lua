-- Looks for warn, which writes to the standard error stream.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = warn ~= nil }
end }
