-- Writes into a table made at load past any guard.
-- expect: raised: context.state
local kept = {}

return { from = "in", to = "out", handler = function(event, context)
  local before = kept.seen
  rawset(kept, "seen", true)
  return { escaped = before ~= nil }
end }
