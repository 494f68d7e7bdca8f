-- Takes a document's members away while it is walked, sorted and emitted.
-- event: {"a":{"x":1,"y":2,"z":3,"u":4,"v":5},"l":[3,{"k":1},2],"b":2,"c":3}
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local d = event.data
  for k in pairs(d.a) do
    d.a = nil
    d[k] = d
    d.l = { d.l }
  end
  local list = { 5, 4, 3, 2, 1 }
  table.sort(list, function(x, y)
    event.data = nil
    d.c = nil
    for k in pairs(d) do d[k] = nil end
    return x < y
  end)
  local text = ("abc"):gsub("%a", setmetatable({}, { __index = d }))
  return { escaped = text ~= "abc" or #list ~= 5 }
end }
