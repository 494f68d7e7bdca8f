-- Has as many different constants as fit.
-- expect: contained
-- repeat: NUMBER = "%d.5," 14000
local numbers = { NUMBER }

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #numbers ~= 14000 }
end }
