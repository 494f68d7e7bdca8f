-- Returns more elements than an event may hold.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 100000 do list[i] = i end
  return list
end }
