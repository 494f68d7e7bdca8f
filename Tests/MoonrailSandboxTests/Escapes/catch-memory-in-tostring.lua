-- Runs out of memory while a log line is made, caught outside.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __tostring = function() return ("x"):rep(1 << 30) end })
  pcall(context.log.info, probe)
  return { escaped = true }
end }
