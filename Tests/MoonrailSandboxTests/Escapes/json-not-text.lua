-- Returns a string that is not UTF-8.
-- expect: raised: data.text is a string that is not UTF-8
return { from = "in", to = "out", handler = function(event, context)
  return { text = "\xff" }
end }
