-- Returns the context inside a document.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = pcall(context.emit, { context = context, log = context.log, f = print })
  return { escaped = escaped }
end }
