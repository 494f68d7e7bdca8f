-- Reads numbers of a megabyte.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local digits = ("7"):rep(1000000)
  while true do tonumber(digits, 8) tonumber("0x" .. digits) end
end }
