-- Replaces context.emit.
-- expect: raised: read-only
return { from = "in", to = "out", handler = function(event, context)
  context.emit = function() end
  return { escaped = true }
end }
