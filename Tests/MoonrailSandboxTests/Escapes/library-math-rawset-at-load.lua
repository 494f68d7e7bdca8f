-- Changes a library table before there is any event.
-- expect: refused at load: rawset
rawset(math, "floor", math.ceil)

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true }
end }
