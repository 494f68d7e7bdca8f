-- Keeps a generator from load on, to count events in it.
-- expect: refused at load: attempt to index a nil value (global 'coroutine')
local count = coroutine.wrap(function() for i = 1, 1000 do coroutine.yield(i) end end)

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = count() > 1 }
end }
