-- Doubles a string without end.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local text = "x"
  while true do text = text .. text end
end }
