-- Emits more headers than an event may have.
-- expect: raised: 16384
return { from = "in", to = "out", handler = function(event, context)
  local headers = {}
  for i = 1, 5000 do headers["h" .. i] = "value" end
  context.emit({}, { headers = headers })
end }
