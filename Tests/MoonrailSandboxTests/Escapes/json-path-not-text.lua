-- Raises about a value behind a name that is not UTF-8.
-- expect: raised: not UTF-8
return { from = "in", to = "out", handler = function(event, context)
  return { ["\xff"] = { v = 0 / 0 } }
end }
