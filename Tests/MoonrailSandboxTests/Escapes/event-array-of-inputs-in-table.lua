-- Reaches the inputs' tables through a table of the event's own, and writes there.
-- expect: raised: read-only or raised: context.state
-- inputs: {"list":[{"a":1}]}
return { from = "in", to = "out", handler = function(event, context)
  local copy = { list = context.inputs.list }
  local before = copy.list[1].seen
  copy.list[1].seen = true
  return { escaped = before ~= nil }
end }
