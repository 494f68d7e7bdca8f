-- Calculates without end in all arithmetic metamethods.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local function spin() while true do end end
  local probe = setmetatable({}, { __add = spin, __mul = spin, __unm = spin, __bnot = spin })
  pcall(function() return probe + 1 end)
  pcall(function() return ~probe end)
  return { escaped = -probe }
end }
