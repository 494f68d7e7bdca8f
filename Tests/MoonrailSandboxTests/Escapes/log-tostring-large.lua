-- Logs objects whose texts are large.
-- expect: contained or memory limit
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __tostring = function() return ("x"):rep(1000000) end })
  context.log.info(probe, probe)
  return { escaped = false }
end }
