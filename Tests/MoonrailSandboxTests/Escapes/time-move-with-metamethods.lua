-- Copies through metamethods that are C functions.
-- expect: host exits 66 or time limit
return { from = "in", to = "out", handler = function(event, context)
  local source = setmetatable({}, { __index = rawlen })
  local target = setmetatable({}, { __newindex = rawequal })
  table.move(source, 1, math.maxinteger - 1, 1, target)
  return { escaped = true }
end }
