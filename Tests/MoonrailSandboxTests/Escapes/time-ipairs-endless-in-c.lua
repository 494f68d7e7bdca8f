-- Walks a list whose every element is made by a C function.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local list = setmetatable({}, { __index = rawlen })
  for _ in ipairs(list) do end
end }
