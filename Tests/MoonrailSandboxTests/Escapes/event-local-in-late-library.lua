-- Counts events in a local of a library that the handler loads itself.
-- expect: refused at load: context.state or raised: context.state
-- library: lib.counter = local n = 0 return { add = function() n = n + 1 return n end }
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require("lib.counter").add() > 1 }
end }
