-- Has an event with names that mean something to other languages and to Lua.
-- expect: contained
-- event: {"__index":{"x":1},"__proto__":{"x":1},"__gc":1,"__metatable":false,"handler":1}
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data.x ~= nil or getmetatable(event.data) ~= nil }
end }
