-- Writes into a table inside the inputs.
-- expect: raised: read-only or raised: context.state
-- inputs: {"list":[1,2],"object":{"a":1}}
return { from = "in", to = "out", handler = function(event, context)
  context.inputs.object.count = (context.inputs.object.count or 0) + 1
  return { escaped = context.inputs.object.count > 1 }
end }
