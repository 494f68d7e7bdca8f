-- Walks a table with next.
-- expect: raised: attempt to call a nil value
return { from = "in", to = "out", handler = function(event, context)
  for key in next, event.data do return { escaped = key ~= nil } end
end }
