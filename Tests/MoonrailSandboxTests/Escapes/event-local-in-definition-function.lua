-- Assigns a local through another function of the returned table.
-- expect: refused at load: context.state
local count = 0
local definition = { from = "in", to = "out", key = function() count = count + 1 return "k" end }
definition.handler = function(event, context)
  return { escaped = definition.key() == nil or count > 1 }
end
return definition
