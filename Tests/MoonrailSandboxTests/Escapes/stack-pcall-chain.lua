-- Calls pcall through pcall, two hundred times.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local arguments = {}
  for i = 1, 240 do arguments[i] = pcall end
  arguments[241] = error
  local reached = pcall(table.unpack(arguments))
  return { escaped = type(reached) ~= "boolean" }
end }
