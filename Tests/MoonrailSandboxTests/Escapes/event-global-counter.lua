-- Counts events in a global.
-- expect: raised: context.state
return { from = "in", to = "out", handler = function(event, context)
  count = (count or 0) + 1
  return { escaped = count > 1 }
end }
