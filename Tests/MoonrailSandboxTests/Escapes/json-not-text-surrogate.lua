-- Returns a string with half of a surrogate pair in UTF-8's form.
-- expect: raised: data.text is a string that is not UTF-8
return { from = "in", to = "out", handler = function(event, context)
  return { text = "\xed\xa0\x80" }
end }
