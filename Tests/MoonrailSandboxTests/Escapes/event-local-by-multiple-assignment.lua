-- Assigns a local among others in one statement.
-- expect: refused at load: context.state
local n = 0

return { from = "in", to = "out", handler = function(event, context)
  local a, b
  a, n, b = 1, n + 1, 2
  return { escaped = n > 1 }
end }
