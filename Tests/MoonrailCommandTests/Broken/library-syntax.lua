local unfinished = require "lib.unfinished"

return { from = "readings", handler = function(event, context) return nil end }
