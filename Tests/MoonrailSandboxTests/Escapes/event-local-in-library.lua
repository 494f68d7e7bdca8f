-- Counts events in a local of a library.
-- expect: refused at load: context.state
-- library: lib.counter = local n = 0 return { add = function() n = n + 1 return n end }
local counter = require("lib.counter")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = counter.add() > 1 }
end }
