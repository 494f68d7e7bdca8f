-- Sorts a list inside the inputs, for later events to see.
-- expect: raised: read-only or raised: context.state
-- inputs: {"list":[1,2,3]}
return { from = "in", to = "out", handler = function(event, context)
  local before = context.inputs.list[1]
  table.sort(context.inputs.list, function(a, b) return a > b end)
  return { escaped = before ~= 1 }
end }
