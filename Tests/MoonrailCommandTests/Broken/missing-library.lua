local units = require "lib.unit"

return { from = "readings", handler = function(event, context) return nil end }
