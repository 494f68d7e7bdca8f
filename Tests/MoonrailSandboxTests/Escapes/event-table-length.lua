-- Looks whether the length of an array with holes depends on what was read before.
-- expect: contained
local kept = {}
for i = 1, 16 do kept[i] = i end
for i = 3, 15, 2 do kept[i] = nil end

return { from = "in", to = "out", handler = function(event, context)
  local before = #kept
  for i = 16, 1, -1 do local value = kept[i] or rawget(kept, i) end
  return { escaped = before ~= #kept or before ~= rawlen(kept) }
end }
