-- Logs lines of a megabyte.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local text = ("x"):rep(1000000)
  for _ = 1, 5 do context.log.error(text) end
  return { escaped = false }
end }
