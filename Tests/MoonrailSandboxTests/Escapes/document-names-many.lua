-- Has the same name very often in one object, and looks for it again and again.
-- repeat: NAME = "\x22a\x22:1," 8000
-- event: {NAME\x22a\x22:2}
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local d = event.data
  for i = 1, 1000 do d["b" .. i] = d.a end
  local count = 0
  for _ in pairs(d) do count = count + 1 end
  d.b1 = 3
  pcall(context.emit, d)
  return { escaped = d.a ~= 2 or count ~= 1001 }
end }
