-- Returns a string larger than an event may be.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  return { text = ("x"):rep(1000000) }
end }
