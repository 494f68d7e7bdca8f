-- Gives a library table another metatable through array.
-- expect: raised: array
return { from = "in", to = "out", handler = function(event, context)
  array(string)
  return { escaped = true }
end }
