-- Catches the end of its memory and returns as if nothing had been.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  pcall(string.rep, "x", 1 << 30)
  return { escaped = true }
end }
