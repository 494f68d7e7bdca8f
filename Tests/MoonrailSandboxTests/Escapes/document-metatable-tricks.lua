-- Puts metatables on a document that was not read yet, and documents behind metatables.
-- event: {"n":1,"__index":{"x":1},"__newindex":{"y":2},"m":{"a":1,"b":2,"c":3,"d":4,"e":5}}
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local d = event.data
  local object = setmetatable({}, d)
  object.z = 1
  local found = object.x == 1 and rawget(object, "z") == nil
  local caught = setmetatable(d.m, { __newindex = function() end })
  caught.f = 6
  for i = 1, 300 do
    object = setmetatable({}, { __index = object })
  end
  pcall(function() return object.nothing end)
  local loop = setmetatable(d, { __index = d })
  local ok = pcall(function() return loop.nothing end)
  return { escaped = not found or caught.f ~= nil or caught.a ~= 1 or ok }
end }
