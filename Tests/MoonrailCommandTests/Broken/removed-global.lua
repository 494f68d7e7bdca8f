local file = io.open("limits.txt")

return { from = "readings", handler = function(event, context) return nil end }
