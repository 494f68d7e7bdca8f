-- Gives a table made at load a metatable.
-- expect: raised: context.state or raised: setmetatable
local kept = {}

return { from = "in", to = "out", handler = function(event, context)
  setmetatable(kept, { __index = function() return event.data.n end })
  return { escaped = kept.anything ~= event.data.n }
end }
