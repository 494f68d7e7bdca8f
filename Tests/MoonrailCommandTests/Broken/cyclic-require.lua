local first = require "lib.first"

return { from = "readings", handler = function(event, context) return nil end }
