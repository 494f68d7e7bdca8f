-- Fills its memory in a library.
-- expect: refused at load: memory
-- library: lib.large = local kept = {} for i = 1, math.maxinteger do kept[i] = { i } end
local large = require("lib.large")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = large }
end }
