-- Unpacks a list of a million elements.
-- expect: raised: too many results to unpack or memory limit
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = select("#", table.unpack({}, 1, 10000000)) > 0 }
end }
