-- Logs an object that emits while it becomes text.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  local probe = setmetatable({}, { __tostring = function()
    for _ = 1, 200 do context.emit({ escaped = false }) end
    return ""
  end })
  context.log.info(probe)
end }
