-- Returns a name that is not UTF-8.
-- expect: raised: not UTF-8
return { from = "in", to = "out", handler = function(event, context)
  return { ["\xff\xff"] = 1 }
end }
