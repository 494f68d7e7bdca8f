-- Recurses through string.format and __tostring.
-- expect: raised: overflow
return { from = "in", to = "out", handler = function(event, context)
  local probe
  probe = setmetatable({}, { __tostring = function() return ("%s"):format(probe) end })
  return { escaped = ("%s"):format(probe) }
end }
