-- Looks for the library that reaches every upvalue and the registry.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = debug ~= nil }
end }
