-- Returns a string that becomes six times as long in JSON.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  return { text = ("\1"):rep(60000) }
end }
