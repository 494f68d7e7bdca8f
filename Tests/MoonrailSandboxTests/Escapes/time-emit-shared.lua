-- Writes a large document again and again and catches that it is too large.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  local t = { "leaf" }
  for _ = 1, 25 do t = { t, t } end
  while true do pcall(context.emit, t) end
end }
