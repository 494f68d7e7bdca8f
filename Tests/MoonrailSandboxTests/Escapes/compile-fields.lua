-- Chains fields of fields.
-- expect: contained or refused at load: functions/
-- repeat: FIELD = ".a" 60000
local function chain(a) return a FIELD end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = pcall(chain, {}) }
end }
