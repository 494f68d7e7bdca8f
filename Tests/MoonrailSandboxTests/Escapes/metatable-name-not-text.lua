-- Gives a table a type name that is no text.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __name = {} })
  local _, message = pcall(string.rep, probe)
  return { escaped = tostring(probe):find("0x") ~= nil or message:find("0x") ~= nil }
end }
