-- Changes the metatable that a table made at load was given.
-- expect: contained or raised: context.state
local original = { __index = { n = 0 } }
local kept = setmetatable({}, original)

return { from = "in", to = "out", handler = function(event, context)
  local before = kept.n
  original.__index.n = event.data.n
  return { escaped = before ~= 0 }
end }
