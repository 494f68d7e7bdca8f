-- Recurses through tostring and __tostring.
-- expect: raised: overflow
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __tostring = function(self) return tostring(self) end })
  return { escaped = tostring(probe) }
end }
