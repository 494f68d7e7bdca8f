-- Gives a header an empty name.
-- expect: raised: 1 to 64 bytes
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { headers = { [""] = "x" } })
end }
