-- Returns a table whose fields exist only through a metatable.
-- expect: refused at load: handler or contained
local hidden = { to = "out", from = "in", handler = function() return { escaped = true } end }
return setmetatable({}, { __index = hidden })
