-- Emits to a station of Moonrail's own.
-- expect: raised: is not an output of this function
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { to = "moonrail.journal" })
end }
