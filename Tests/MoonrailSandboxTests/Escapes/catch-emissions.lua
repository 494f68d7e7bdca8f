-- Catches that it has emitted too much.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  for i = 1, 1000 do pcall(context.emit, { escaped = false }) end
  return { escaped = false }
end }
