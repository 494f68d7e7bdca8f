-- Tells events apart by the identity of what they are given, as keys of a table.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local seen = { [event] = 1, [context] = 2, [event.data] = 3 }
  return { escaped = seen[event] ~= 1 or tostring(event):find("%x%x%x%x") ~= nil }
end }
