-- Returns a table in the place of the handler.
-- expect: refused at load: handler
return { from = "in", to = "out", handler = setmetatable({}, { __call = function() end }) }
