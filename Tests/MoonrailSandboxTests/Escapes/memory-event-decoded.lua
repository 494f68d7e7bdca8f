-- Decodes its event again and again into other tables.
-- expect: memory limit or time limit
return { from = "in", to = "out", handler = function(event, context)
  local kept = {}
  for i = 1, math.maxinteger do kept[i] = { event.data, event.bytes .. i } end
end }
