-- Replaces every place between characters by a long text.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = #("x"):rep(10000):gsub("", ("y"):rep(10000)) > 0 }
end }
