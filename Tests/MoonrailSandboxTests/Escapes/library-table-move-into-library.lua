-- Has table.move write into a library table.
-- expect: raised: read-only
return { from = "in", to = "out", handler = function(event, context)
  table.move({ 1, 2, 3 }, 1, 3, 1, math)
  return { escaped = true }
end }
