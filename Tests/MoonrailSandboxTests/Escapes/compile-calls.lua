-- Chains calls of what calls return.
-- expect: contained or refused at load: functions/
-- repeat: CALL = "()" 60000
local function chain() return chain CALL end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = chain == nil }
end }
