-- Returns a table with names and numbers.
-- expect: raised: data.t has both named members and numbered elements
return { from = "in", to = "out", handler = function(event, context)
  return { t = { 1, 2, name = 3 } }
end }
