-- Gives an id that is not UTF-8.
-- expect: raised: id is not UTF-8
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { id = "\xff" })
end }
