-- Gives an empty id.
-- expect: raised: id has 0 bytes
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { id = "" })
end }
