-- Counts in a local that a comparator made at load assigns.
-- expect: refused at load: context.state
local calls = 0
local function less(a, b) calls = calls + 1 return a < b end

return { from = "in", to = "out", handler = function(event, context)
  table.sort({ 3, 1, 2 }, less)
  return { escaped = calls > 3 }
end }
