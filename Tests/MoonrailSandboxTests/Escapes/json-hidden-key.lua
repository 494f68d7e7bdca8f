-- Hides a name behind a zero byte.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  context.emit({ escaped = false })
  local emitted = pcall(context.emit, { escaped = false, ["escaped\0"] = nil })
  return nil
end }
