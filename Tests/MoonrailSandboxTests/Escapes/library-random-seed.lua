-- Seeds the random numbers by itself, to make them differ from a replay's.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = math.randomseed ~= nil }
end }
