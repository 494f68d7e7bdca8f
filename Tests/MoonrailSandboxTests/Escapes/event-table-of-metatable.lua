-- Keeps something in a metatable that was set at load, by way of its fields.
-- expect: contained or raised: context.state or raised: attempt to index
local box = {}
local kept = setmetatable({}, { __index = function() return box end })

return { from = "in", to = "out", handler = function(event, context)
  local before = kept.anything.seen
  kept.anything.seen = true
  return { escaped = before ~= nil }
end }
