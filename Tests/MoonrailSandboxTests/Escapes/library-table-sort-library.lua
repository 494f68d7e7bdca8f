-- Sorts a library table and sets its elements that way.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  pcall(table.sort, string)
  pcall(table.sort, context)
  return { escaped = string.upper("a") ~= "A" }
end }
