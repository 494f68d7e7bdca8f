-- Writes into a table made of the file's arguments.
-- expect: raised: context.state
local kept = { ... }

return { from = "in", to = "out", handler = function(event, context)
  kept[#kept + 1] = event.data.n
  return { escaped = #kept > 1 }
end }
