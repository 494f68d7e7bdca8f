-- Fails in the middle of each emission: nothing of it may remain.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  for _ = 1, 50 do pcall(context.emit, { text = ("x"):rep(30000), zf = print }) end
  return { escaped = false }
end }
