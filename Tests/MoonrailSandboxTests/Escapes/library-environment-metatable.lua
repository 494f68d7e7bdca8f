-- Reaches for the metatable of the environment, behind which the real globals are.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = getmetatable(_ENV) ~= nil }
end }
