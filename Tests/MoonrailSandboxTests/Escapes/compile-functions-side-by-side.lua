-- Has thousands of functions side by side.
-- expect: contained or refused at load: memory
-- repeat: FUNCTION = "function() end," 8000
local functions = { FUNCTION }

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #functions ~= 8000 }
end }
