-- Adds __mode to a metatable after it was set.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local mt = {}
  local weak = setmetatable({}, mt)
  mt.__mode = "v"
  weak[1] = {}
  for i = 1, 20000 do local t = { i } end
  return { escaped = weak[1] == nil }
end }
