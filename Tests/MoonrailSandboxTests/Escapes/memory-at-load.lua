-- Fills its memory when it is loaded.
-- expect: refused at load: memory
local kept = {}
for i = 1, math.maxinteger do kept[i] = { i } end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true }
end }
