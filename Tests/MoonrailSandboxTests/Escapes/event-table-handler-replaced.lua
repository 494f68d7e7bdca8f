-- Replaces the handler for the events to come.
-- expect: raised: context.state
local definition = { from = "in", to = "out" }
definition.handler = function()
  definition.handler = function() return { escaped = true } end
  return { escaped = false }
end
return definition
