-- Makes metatables without end: each is copied.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local kept = {}
  for i = 1, math.maxinteger do kept[i] = setmetatable({}, { __index = {}, __call = print }) end
end }
