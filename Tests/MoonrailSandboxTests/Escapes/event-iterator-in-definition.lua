-- Counts events with a search that began at load and is a field of the returned table.
-- expect: refused at load: context.state
local definition = { from = "in", to = "out", words = ("a b c d e"):gmatch("%a") }
definition.handler = function() return { escaped = definition.words() ~= "a" } end
return definition
