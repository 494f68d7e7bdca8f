-- Catches that an emission was too large.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  pcall(context.emit, { text = ("x"):rep(100000) })
  return { escaped = false }
end }
