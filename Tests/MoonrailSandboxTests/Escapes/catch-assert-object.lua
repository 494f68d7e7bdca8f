-- Fails an assertion with an object for a message.
-- expect: raised: {"a":1}
return { from = "in", to = "out", handler = function(event, context)
  assert(false, { a = 1 })
end }
