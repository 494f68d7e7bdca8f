-- Looks for files.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = io ~= nil }
end }
