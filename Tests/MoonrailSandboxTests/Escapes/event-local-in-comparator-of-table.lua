-- Assigns a local in a comparator that lies deep in a table of a library.
-- expect: refused at load: context.state
-- library: lib.a = local n = 0 return { a = { { f = function() n = n + 1 return n > 1 end } } }
local a = require("lib.a")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = a.a[1].f() }
end }
