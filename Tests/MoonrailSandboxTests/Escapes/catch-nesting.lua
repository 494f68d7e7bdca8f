-- Catches that a document is nested too deeply.
-- expect: output limit or raised: nested deeper
return { from = "in", to = "out", handler = function(event, context)
  local t = {}
  for _ = 1, 100 do t = { t } end
  pcall(context.emit, t)
  return { escaped = true }
end }
