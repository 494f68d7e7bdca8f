-- Has lists that lie about their length go through every table function.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local lengths = { -1, 0, 1.5, "x", {}, math.mininteger, 3 }
  for _, length in ipairs(lengths) do
    local t = setmetatable({ 1, 2 }, { __len = function() return length end })
    pcall(table.insert, t, 1)
    pcall(table.remove, t)
    pcall(table.concat, t)
    pcall(table.unpack, t)
    pcall(table.sort, t)
    pcall(array, t)
    pcall(function() return #t + 1 end)
  end
  return { escaped = false }
end }
