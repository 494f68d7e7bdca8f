-- Appends to a list inside the inputs.
-- expect: raised: read-only or raised: context.state
-- inputs: {"list":[]}
return { from = "in", to = "out", handler = function(event, context)
  table.insert(context.inputs.list, event.data.n)
  return { escaped = #context.inputs.list > 1 }
end }
