-- Writes into the event past its guard.
-- expect: raised: rawset
return { from = "in", to = "out", handler = function(event, context)
  rawset(event, "data", { n = 0 })
  return { escaped = true }
end }
