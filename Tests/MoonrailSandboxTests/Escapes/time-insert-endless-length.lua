-- Inserts at the front of a list that says it has all elements.
-- expect: host exits 66 or time limit or memory limit
return { from = "in", to = "out", handler = function(event, context)
  local list = setmetatable({}, { __len = function() return math.maxinteger - 1 end })
  table.insert(list, 1, "x")
  return { escaped = true }
end }
