-- Reaches for the metatable that all strings share.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = getmetatable("") ~= nil }
end }
