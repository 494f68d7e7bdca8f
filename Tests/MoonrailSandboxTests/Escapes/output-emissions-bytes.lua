-- Emits more bytes than one event may, each emission within its bound.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  for _ = 1, 50 do context.emit({ text = ("x"):rep(50000) }) end
end }
