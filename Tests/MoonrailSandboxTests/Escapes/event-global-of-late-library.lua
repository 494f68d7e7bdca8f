-- Loads a library in the handler that makes a global.
-- expect: raised: context.state
-- library: lib.global = kept = { 1 } return kept
return { from = "in", to = "out", handler = function(event, context)
  local kept_table = require("lib.global")
  return { escaped = kept_table ~= nil }
end }
