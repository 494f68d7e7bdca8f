-- Looks for the context when the file is loaded.
-- expect: refused at load: attempt to index a nil value
local inputs = context.inputs

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = inputs ~= nil }
end }
