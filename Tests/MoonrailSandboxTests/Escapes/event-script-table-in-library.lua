-- Gives a table to a library at load, which keeps it.
-- expect: raised: context.state
-- library: lib.a = local k = {} return function(t) k[1] = t return function() return k[1] end end
local box = {}
local get = require("lib.a")(box)

return { from = "in", to = "out", handler = function(event, context)
  local before = get().seen
  get().seen = true
  return { escaped = before ~= nil }
end }
