-- Leaves a loop at thousands of places.
-- expect: contained or refused at load: CPU time or host exits 66
-- repeat: BREAK = "if n then break end " 6000
local function leave(n) while true do BREAK n = true end return n end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = leave(false) ~= true }
end }
