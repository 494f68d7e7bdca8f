-- Raises about a value behind a name that is a format.
-- expect: raised: %s%n%s
return { from = "in", to = "out", handler = function(event, context)
  return { ["%s%n%s"] = { v = 0 / 0 } }
end }
