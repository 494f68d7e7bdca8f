-- Compares without end in all comparison metamethods.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local mt = {}
  local a, b
  mt.__eq = function() while true do end end
  mt.__lt, mt.__le = mt.__eq, mt.__eq
  a, b = setmetatable({}, mt), setmetatable({}, mt)
  return { escaped = a == b or a < b or a <= b }
end }
