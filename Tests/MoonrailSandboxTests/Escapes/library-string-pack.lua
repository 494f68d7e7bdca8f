-- Looks for the functions that know native sizes.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = string.pack ~= nil or string.unpack ~= nil or string.packsize ~= nil }
end }
