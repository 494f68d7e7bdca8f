-- Gives a header that is not UTF-8.
-- expect: raised: is not UTF-8
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { headers = { h = "\xff" } })
end }
