-- Changes a library table.
-- expect: raised: read-only
return { from = "in", to = "out", handler = function(event, context)
  string.upper = string.lower
  return { escaped = true }
end }
