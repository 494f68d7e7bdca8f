-- Uses locals, closures and tables of the file that nobody assigns later.
-- expect: contained
local factor, names = 2, { "a", "b" }
local total = 0
for i = 1, #names do total = total + i end
local function scale(n) return n * factor + total end

return { from = "in", to = "out", handler = function(event, context)
  local n = event.data.n
  local function add(m) n = n + m return n end
  return { escaped = scale(n) ~= n * 2 + 3 or add(1) ~= event.data.n + 1 }
end }
