-- Emits to a station that it did not declare.
-- expect: raised: is not an output of this function
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { to = "dead.other" })
end }
