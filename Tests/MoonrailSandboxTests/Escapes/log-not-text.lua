-- Logs bytes that are no text, and text that looks like other lines.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  context.log.info("\xff\xfe\0\27[2J", "line\n2026-01-01 error forged")
  return { escaped = false }
end }
