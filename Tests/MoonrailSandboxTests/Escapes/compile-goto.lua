-- Has thousands of jumps to a label far away.
-- expect: contained or refused at load: CPU time or host exits 66 or refused at load: functions/
-- repeat: JUMP = "goto out " 12000
local function jump() do JUMP end ::out:: return 1 end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = jump() ~= 1 }
end }
