-- Fills a table without end.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local kept = {}
  for i = 1, math.maxinteger do kept[i] = { i } end
end }
