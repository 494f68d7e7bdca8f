-- Calls itself without end in a library.
-- expect: refused at load: stack overflow or refused at load: memory
-- library: lib.deep = local function deeper() return 1 + deeper() end return deeper()
local deep = require("lib.deep")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = deep ~= nil }
end }
