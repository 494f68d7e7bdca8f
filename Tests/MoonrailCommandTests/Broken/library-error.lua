local faulty = require "lib.faulty"

return { from = "readings", handler = function(event, context) return nil end }
