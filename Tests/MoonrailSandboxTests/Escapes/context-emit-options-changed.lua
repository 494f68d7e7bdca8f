-- Gives options whose reading would change them.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local options = setmetatable({ to = "out" }, { __index = error, __pairs = error, __len = error })
  context.emit({ escaped = false }, options)
end }
