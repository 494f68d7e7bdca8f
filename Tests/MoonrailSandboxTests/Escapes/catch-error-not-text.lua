-- Raises bytes that are no text.
-- expect: raised: ????
return { from = "in", to = "out", handler = function(event, context)
  error("\xff\xfe\xc0\x80", 0)
end }
