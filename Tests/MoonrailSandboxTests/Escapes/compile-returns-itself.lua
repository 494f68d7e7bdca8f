-- Returns a table that contains itself.
-- expect: refused at load: contains itself or refused at load: nested deeper
local definition = { from = "in", to = "out", handler = function() end }
definition.definition = definition
return definition
