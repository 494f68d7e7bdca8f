-- Adds __gc to a metatable after it was set.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local called = false
  local mt = {}
  for i = 1, 1000 do setmetatable({}, mt) end
  mt.__gc = function() called = true end
  for i = 1, 20000 do local t = { i } end
  return { escaped = called }
end }
