-- Loads a library in the handler that was not loaded with the file.
-- expect: raised: context.state
-- library: lib.late = return {}
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require("lib.late") ~= nil }
end }
