-- Returns strings that would end a string in a careless writer.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local name = '","escaped":true,"x":"'
  local text = '\\","escaped":true}\n\r\0\u{2028}'
  local document = { [name] = text }
  return { escaped = document.escaped ~= nil }
end }
