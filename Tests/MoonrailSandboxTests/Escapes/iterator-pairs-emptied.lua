-- Empties a table while it is walked, with collections in between.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local t = {}
  for i = 1, 1000 do t["key number " .. i] = { i } end
  local seen = 0
  for key in pairs(t) do
    seen = seen + 1
    if seen == 1 then
      for i = 1, 1000 do t["key number " .. i] = nil end
      for i = 1, 20000 do local filler = "filler " .. i end
    end
  end
  return { escaped = seen ~= 1 }
end }
