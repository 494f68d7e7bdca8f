-- Asks string.format for the address of a table.
-- expect: raised: %p
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = string.format("%p", {}) ~= nil }
end }
