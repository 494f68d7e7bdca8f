-- Gives all strings another metatable.
-- expect: raised: table expected
return { from = "in", to = "out", handler = function(event, context)
  setmetatable("", { __index = function() return "escaped" end })
  return { escaped = true }
end }
