-- Walks tables inside walks over tables: each takes a list of keys.
-- expect: memory limit or time limit
return { from = "in", to = "out", handler = function(event, context)
  local wide = {}
  for i = 1, 60000 do wide[i] = i end
  local function walk(depth)
    for _ in pairs(wide) do walk(depth + 1) end
  end
  walk(1)
end }
