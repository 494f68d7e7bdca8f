-- Makes a document the index of a metatable that is copied once and kept.
-- expect: contained
local class = setmetatable({}, { __call = function(_, t, index)
  return setmetatable(t, { __index = index })
end })
return { from = "in", to = "out", handler = function(event, context)
  local object = class({}, event.data)
  return { escaped = object.n == nil or rawget(object, "n") ~= nil }
end }
