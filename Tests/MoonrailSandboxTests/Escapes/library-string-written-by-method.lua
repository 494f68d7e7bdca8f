-- Changes the library through a string.
-- expect: raised: attempt to index a string value
return { from = "in", to = "out", handler = function(event, context)
  local text = "x"
  text.upper = string.lower
  return { escaped = true }
end }
