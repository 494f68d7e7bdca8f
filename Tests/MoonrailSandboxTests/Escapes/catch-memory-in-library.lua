-- Catches the end of its memory while a library is loaded.
-- expect: refused at load: memory
-- library: lib.large = return ("x"):rep(1 << 30)
pcall(require, "lib.large")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true }
end }
