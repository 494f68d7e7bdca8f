-- Logs every kind of value and with every wrong way to call.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  for _, call in ipairs({ context.log.debug, context.log.info, context.log.warn,
    context.log.error, print }) do
    pcall(call)
    pcall(call, nil, nil)
    pcall(call, {}, print, null, true, 0 / 0, event, context, "\0")
    pcall(call, setmetatable({}, { __tostring = error }))
    pcall(call, setmetatable({}, { __tostring = 5 }))
  end
  return { escaped = false }
end }
