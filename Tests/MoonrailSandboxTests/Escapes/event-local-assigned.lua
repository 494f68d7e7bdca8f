-- Counts events in a file-level local.
-- expect: refused at load: context.state
local count = 0

return { from = "in", to = "out", handler = function(event, context)
  count = count + 1
  return { escaped = count > 1 }
end }
