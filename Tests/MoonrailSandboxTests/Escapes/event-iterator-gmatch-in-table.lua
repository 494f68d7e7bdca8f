-- Counts events with a search that began at load and lies in a table.
-- expect: contained or raised: context.state or refused at load: context.state
local tools = { words = ("a b c d e"):gmatch("%a") }

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = tools.words() ~= "a" }
end }
