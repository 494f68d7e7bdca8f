-- Writes through what getmetatable gives back.
-- expect: contained or raised: context.state
local kept = setmetatable({}, { __index = {} })

return { from = "in", to = "out", handler = function(event, context)
  local before = kept.seen
  getmetatable(kept).__index.seen = true
  return { escaped = before ~= nil }
end }
