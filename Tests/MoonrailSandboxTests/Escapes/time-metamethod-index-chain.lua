-- Has a chain of __index tables that ends where it began.
-- expect: raised: '__index' chain too long
return { from = "in", to = "out", handler = function(event, context)
  local a, b = {}, {}
  setmetatable(a, { __index = b })
  setmetatable(b, { __index = a })
  return { escaped = a.anything }
end }
