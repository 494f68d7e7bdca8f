-- Looks for next, whose order differs from run to run.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = next ~= nil }
end }
