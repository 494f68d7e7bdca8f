-- Counts events in the table that the file returned.
-- expect: raised: context.state
local definition = { from = "in", to = "out", count = 0 }
definition.handler = function()
  definition.count = definition.count + 1
  return { escaped = definition.count > 1 }
end
return definition
