-- Replaces characters by long texts out of a table.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local texts = { x = ("y"):rep(100000) }
  return { escaped = #("x"):rep(100000):gsub("x", texts) > 0 }
end }
