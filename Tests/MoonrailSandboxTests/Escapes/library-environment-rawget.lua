-- Reads the environment raw: nothing of the host's may lie in it.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = rawget(_ENV, "load") ~= nil or rawget(_ENV, 1) ~= nil }
end }
