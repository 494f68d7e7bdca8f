-- Raises what the host says of a limit.
-- expect: raised: over a limit
return { from = "in", to = "out", handler = function(event, context)
  error("functions/test.lua:1: over a limit", 0)
end }
