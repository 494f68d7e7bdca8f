-- Has string.format repeat a long text.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local text = ("x"):rep(1 << 20)
  local list = {}
  for i = 1, 100 do list[i] = text end
  return { escaped = #string.format(("%s"):rep(100), table.unpack(list)) > 0 }
end }
