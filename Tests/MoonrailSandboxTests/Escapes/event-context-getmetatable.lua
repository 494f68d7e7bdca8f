-- Looks for what stands behind the context and the event.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = getmetatable(context) ~= nil or getmetatable(event) ~= nil
    or getmetatable(context.log) ~= nil or getmetatable(context.inputs) ~= nil }
end }
