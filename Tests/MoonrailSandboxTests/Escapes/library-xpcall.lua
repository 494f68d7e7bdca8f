-- Looks for xpcall, whose handler would run inside the hook that stops a script.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = xpcall ~= nil }
end }
