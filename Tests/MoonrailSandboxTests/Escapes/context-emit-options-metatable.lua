-- Gives options that exist only through a metatable: none may be taken from there.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local options = setmetatable({}, { __index = { to = "elsewhere", id = "\xff" } })
  context.emit({ escaped = false }, options)
end }
