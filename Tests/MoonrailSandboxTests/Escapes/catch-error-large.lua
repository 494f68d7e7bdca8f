-- Raises a message of megabytes.
-- expect: raised: xxxx
return { from = "in", to = "out", handler = function(event, context)
  error(("x"):rep(2000000), 0)
end }
