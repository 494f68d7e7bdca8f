-- Nests tables without end.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local kept = {}
  while true do kept = { kept } end
end }
