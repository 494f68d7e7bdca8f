-- Loops over something that can't be called.
-- expect: raised: attempt to call
return { from = "in", to = "out", handler = function(event, context)
  for _ in 5 do end
end }
