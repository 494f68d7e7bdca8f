-- Changes a library table past its guard.
-- expect: raised: rawset
return { from = "in", to = "out", handler = function(event, context)
  rawset(string, "upper", string.lower)
  return { escaped = true }
end }
