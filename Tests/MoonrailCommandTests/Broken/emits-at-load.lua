context.emit({ ready = true })

return { from = "readings", handler = function(event, context) return nil end }
