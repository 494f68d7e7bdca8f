-- Declares that it reads large numbers as doubles, and looks what they become.
-- expect: contained
-- event: {"n":18446744073709551616,"m":9223372036854775808,"k":9007199254740993}
return { from = "in", to = "out", numbers = "double", handler = function(event, context)
  local data = event.data
  return { escaped = data.n ~= 2.0 ^ 64 or data.m ~= 2.0 ^ 63 or data.k ~= 9007199254740993 }
end }
