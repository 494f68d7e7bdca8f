-- Keeps something in a table whose keys are functions.
-- expect: raised: context.state
local kept = { [print] = {} }

return { from = "in", to = "out", handler = function(event, context)
  local before = kept[print].seen
  kept[print].seen = true
  return { escaped = before ~= nil }
end }
