-- Chains concatenations, which group to the right and take a register each.
-- expect: refused at load: overflow or refused at load: levels or refused at load: registers
-- repeat: TEXT = "'a'.." 20000
local x = TEXT 'a'

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = x == 1 }
end }
