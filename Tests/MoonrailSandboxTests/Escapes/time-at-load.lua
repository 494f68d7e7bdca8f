-- Loops without end when it is loaded.
-- expect: refused at load: CPU time
while true do end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true }
end }
