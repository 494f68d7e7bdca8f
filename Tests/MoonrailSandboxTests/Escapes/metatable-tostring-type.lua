-- Returns something that is no string from __tostring.
-- expect: raised: must return a string
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = tostring(setmetatable({}, { __tostring = function() return {} end })) }
end }
