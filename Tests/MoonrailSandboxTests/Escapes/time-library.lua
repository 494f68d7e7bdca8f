-- Loops without end in a library.
-- expect: refused at load: CPU time
-- library: lib.slow = while true do end
local slow = require("lib.slow")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = slow }
end }
