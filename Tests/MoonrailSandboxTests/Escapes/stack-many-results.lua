-- Returns as many results as fit from a handler.
-- expect: raised: handler returned or memory limit or raised: too many results
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 100000 do list[i] = i end
  return table.unpack(list)
end }
