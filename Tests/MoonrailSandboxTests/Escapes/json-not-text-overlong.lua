-- Returns a string with a character in too many bytes.
-- expect: raised: data[2] is a string that is not UTF-8
return { from = "in", to = "out", handler = function(event, context)
  return { "fine", "\xc0\x80" }
end }
