-- Answers pairs with a __pairs of its own.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local called = false
  local t = setmetatable({}, { __pairs = function() called = true return error end })
  for _ in pairs(t) do end
  return { escaped = called }
end }
