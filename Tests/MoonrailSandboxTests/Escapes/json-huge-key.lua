-- Returns a name larger than an event may be.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  return { [("k"):rep(1000000)] = 1 }
end }
