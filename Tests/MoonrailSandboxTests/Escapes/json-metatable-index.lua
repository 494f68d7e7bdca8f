-- Returns a table whose members exist only through a metatable.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return setmetatable({ escaped = false }, { __index = { escaped = true, more = true } })
end }
