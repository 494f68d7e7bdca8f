-- Emits a table made at load that contains itself.
-- expect: raised: contains itself
local kept = { n = 0 }
kept.self = { kept }

return { from = "in", to = "out", handler = function(event, context)
  return kept
end }
