-- Packs arguments again and again.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local kept = {}
  for i = 1, math.maxinteger do kept[i] = table.pack(table.unpack({}, 1, 200)) end
end }
