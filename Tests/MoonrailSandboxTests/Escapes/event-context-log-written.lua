-- Replaces a function of the log.
-- expect: raised: read-only
return { from = "in", to = "out", handler = function(event, context)
  context.log.info = print
  return { escaped = true }
end }
