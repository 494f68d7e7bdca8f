-- Reads a file before there is any event.
-- expect: refused at load: attempt to index a nil value (global 'io')
local secret = io.lines("/etc/passwd")()

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = secret ~= nil }
end }
