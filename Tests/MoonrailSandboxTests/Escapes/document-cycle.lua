-- Makes a document contain itself, in its own place and far from it.
-- event: {"a":{"b":{"c":[{"d":1}]}}}
-- expect: raised: contains itself
return { from = "in", to = "out", handler = function(event, context)
  local d = event.data
  d.a.b.c[1].d = { d.a.b }
  return { v = d.a }
end }
