-- Makes one string of very many characters.
-- expect: memory limit or raised: too many results to unpack
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 250000 do list[i] = 0x10FFFF end
  return { escaped = #utf8.char(table.unpack(list)) > 1 << 21 }
end }
