-- Counts events in a global that was made at load.
-- expect: raised: context.state
count = 0

return { from = "in", to = "out", handler = function(event, context)
  count = count + 1
  return { escaped = count > 1 }
end }
