-- Writes into the context past its guard.
-- expect: raised: rawset
return { from = "in", to = "out", handler = function(event, context)
  rawset(context, "count", 1)
  return { escaped = true }
end }
