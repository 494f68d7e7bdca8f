-- Writes into the inputs.
-- expect: raised: read-only or raised: context.state
return { from = "in", to = "out", handler = function(event, context)
  context.inputs.count = (context.inputs.count or 0) + 1
  return { escaped = context.inputs.count > 1 }
end }
