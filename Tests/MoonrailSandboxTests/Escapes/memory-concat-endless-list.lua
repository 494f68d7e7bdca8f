-- Joins a list that has an element for every number.
-- expect: memory limit or time limit or host exits 66
return { from = "in", to = "out", handler = function(event, context)
  local list = setmetatable({}, { __index = rawlen, __len = function() return math.maxinteger end })
  return { escaped = #table.concat(list, "", 1, math.maxinteger) > 0 }
end }
