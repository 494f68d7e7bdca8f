-- Has thousands of labels, each compared with all before it.
-- expect: contained or refused at load: CPU time or host exits 66 or refused at load: functions/
-- repeat: LABEL = "::l%d:: " 11000
local function labels() LABEL return 1 end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = labels() ~= 1 }
end }
