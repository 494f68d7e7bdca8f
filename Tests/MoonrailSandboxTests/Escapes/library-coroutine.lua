-- Looks for coroutines, which overflow the C stack when many are closed inside one another.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = coroutine ~= nil }
end }
