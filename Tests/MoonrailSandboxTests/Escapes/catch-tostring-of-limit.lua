-- Catches its limit and makes a text of it without end.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local _, message = pcall(function() while true do end end)
  while true do tostring(message) end
end }
