-- Recurses through print and __tostring.
-- expect: raised: overflow
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __tostring = function(self) print(self) return "" end })
  print(probe)
end }
