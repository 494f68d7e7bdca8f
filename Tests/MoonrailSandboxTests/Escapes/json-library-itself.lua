-- Returns a library inside a document.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = pcall(context.emit, { string = string, env = _ENV, f = print })
  return { escaped = escaped }
end }
