-- Has __gc come from the metatable of a metatable.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local called = false
  local mt = setmetatable({}, { __index = { __gc = function() called = true end } })
  for i = 1, 20000 do setmetatable({}, mt) end
  return { escaped = called }
end }
