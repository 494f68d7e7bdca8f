-- Looks for string.dump, which makes binary chunks.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = string.dump ~= nil or ("").dump ~= nil }
end }
