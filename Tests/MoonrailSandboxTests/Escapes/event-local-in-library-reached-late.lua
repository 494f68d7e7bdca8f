-- Assigns a local of a library's function that only a metatable holds.
-- expect: refused at load: context.state
-- library: lib.a = local n = 0 function f() n=n+1 return n end return setmetatable({},{__call=f})
local a = require("lib.a")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = a() > 1 }
end }
