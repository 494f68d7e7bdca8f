-- Writes wide documents again and again, each within the bounds.
-- expect: time limit or output limit
return { from = "in", to = "out", handler = function(event, context)
  local wide = {}
  for i = 1, 3000 do wide["k" .. i] = i end
  while true do pcall(context.emit, { wide, function() end }) end
end }
