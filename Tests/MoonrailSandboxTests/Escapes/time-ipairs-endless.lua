-- Walks a list that has an element for every number.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local list = setmetatable({}, { __index = function(_, i) return i end })
  for _ in ipairs(list) do end
end }
