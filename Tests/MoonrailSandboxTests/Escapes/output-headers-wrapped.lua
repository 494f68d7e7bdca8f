-- Emits a header whose length is zero in sixteen bits.
-- expect: raised: 16384
return { from = "in", to = "out", handler = function(event, context)
  context.emit({}, { headers = { h = ("x"):rep(65536) } })
end }
