-- Has replacements that refer to captures that are not there.
-- expect: raised: invalid capture index or raised: invalid use
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ("abc"):gsub("b", "%5") }
end }
