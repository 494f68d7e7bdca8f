-- Marks a table with names as an array.
-- expect: raised: data.t
return { from = "in", to = "out", handler = function(event, context)
  return { t = array({ name = 1 }) }
end }
