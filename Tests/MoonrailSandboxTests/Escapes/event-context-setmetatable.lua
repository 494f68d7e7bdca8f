-- Takes the guard off the context.
-- expect: raised: setmetatable
return { from = "in", to = "out", handler = function(event, context)
  setmetatable(context, {})
  return { escaped = true }
end }
