-- Calls context.emit with hundreds of arguments.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 200 do list[i] = {} end
  context.emit({ escaped = false }, {}, table.unpack(list))
end }
