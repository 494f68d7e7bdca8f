-- Recurses through a metamethod, which takes C stack.
-- expect: raised: overflow
return { from = "in", to = "out", handler = function(event, context)
  local mt = {}
  mt.__index = function(_, key) return setmetatable({}, mt)[key .. "x"] end
  return { escaped = setmetatable({}, mt).x }
end }
