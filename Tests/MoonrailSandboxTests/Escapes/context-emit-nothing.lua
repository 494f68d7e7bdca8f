-- Emits nothing.
-- expect: raised: data is nil
return { from = "in", to = "out", handler = function(event, context)
  context.emit()
end }
