-- Gives a table a type name of a megabyte and causes an error about it.
-- expect: raised: functions/ or raised: bad argument
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __name = ("x"):rep(1000000) })
  return { escaped = ("x"):rep(probe) }
end }
