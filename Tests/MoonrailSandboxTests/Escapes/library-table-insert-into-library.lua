-- Has a C function write into a library table.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  for _, library in ipairs({ string, table, math, utf8, os }) do pcall(table.insert, library, 1) end
  return { escaped = string[1] ~= nil or table[1] ~= nil or math[1] ~= nil or os[1] ~= nil }
end }
