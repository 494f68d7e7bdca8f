-- Writes into the inputs past any guard.
-- expect: raised: rawset or raised: context.state
-- inputs: {"object":{}}
return { from = "in", to = "out", handler = function(event, context)
  rawset(context.inputs.object, "seen", true)
  return { escaped = true }
end }
