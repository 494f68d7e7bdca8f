-- Sorts the keys of a wide table again and again.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local wide = {}
  for i = 1, 20000 do wide["k" .. i] = i end
  while true do pairs(wide) end
end }
