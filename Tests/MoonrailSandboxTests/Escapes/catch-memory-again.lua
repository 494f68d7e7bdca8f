-- Catches the end of its memory again and again.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  while true do pcall(string.rep, "x", 1 << 30) end
end }
