-- Looks for the loader of native libraries.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = package ~= nil or module ~= nil }
end }
