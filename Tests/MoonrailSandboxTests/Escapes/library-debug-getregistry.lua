-- Asks for the registry, where the host keeps its own.
-- expect: raised: attempt to index a nil value (global 'debug')
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = debug.getregistry() ~= nil }
end }
