-- Reads each of very many members by its name.
-- repeat: NAME = "\x22a%d\x22:1," 8000
-- event: {NAME\x22a\x22:2}
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local d = event.data
  local sum = 0
  for i = 1, 8000 do sum = sum + d["a" .. i] end
  return { escaped = sum ~= 8000 or d.nothing ~= nil }
end }
