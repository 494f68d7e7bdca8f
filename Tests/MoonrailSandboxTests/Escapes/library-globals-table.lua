-- Looks for the table of all globals.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = _G ~= nil or _VERSION ~= nil and _ENV._G ~= nil }
end }
