-- Passes as many arguments as fit, through every function that takes many.
-- expect: contained or memory limit
return { from = "in", to = "out", handler = function(event, context)
  local list = {}
  for i = 1, 100000 do list[i] = 65 end
  for _, call in ipairs({ print, string.char, utf8.char, math.max, select, context.log.info }) do
    pcall(function() call(table.unpack(list)) end)
  end
  return { escaped = false }
end }
