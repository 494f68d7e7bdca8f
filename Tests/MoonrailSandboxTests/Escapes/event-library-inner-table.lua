-- Writes into a table that only the function of a library holds.
-- expect: raised: context.state
-- library: lib.store = local kept = {} return function() kept[#kept + 1] = 1 return #kept end
local add = require("lib.store")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = add() > 1 }
end }
