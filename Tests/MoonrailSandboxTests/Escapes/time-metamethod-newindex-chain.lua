-- Has a chain of __newindex tables that ends where it began.
-- expect: raised: '__newindex' chain too long
return { from = "in", to = "out", handler = function(event, context)
  local a, b = {}, {}
  setmetatable(a, { __newindex = b })
  setmetatable(b, { __newindex = a })
  a.anything = 1
end }
