-- Looks for the collector, which shows and steers memory.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = collectgarbage ~= nil or gcinfo ~= nil }
end }
