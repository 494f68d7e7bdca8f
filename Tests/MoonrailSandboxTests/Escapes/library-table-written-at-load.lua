-- Changes a library table before there is any event.
-- expect: refused at load: read-only
table.insert = nil

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true }
end }
