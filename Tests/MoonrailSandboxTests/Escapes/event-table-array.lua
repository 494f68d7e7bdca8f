-- Turns a table made at load into an array, which shows in JSON.
-- expect: raised: context.state
local kept = {}

return { from = "in", to = "out", handler = function(event, context)
  array(kept)
  return { escaped = true }
end }
