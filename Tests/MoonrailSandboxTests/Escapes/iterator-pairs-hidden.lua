-- Walks tables of the host's to find hidden keys in them.
-- expect: contained
-- inputs: {"a":[1],"b":{}}
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, value in ipairs({ event, context, event.data, event.headers, context.inputs, context.log,
    context.inputs.a, string, array({ 1 }) }) do
    local done, message = pcall(function()
      for key in pairs(value) do
        local kind = type(key)
        if kind ~= "string" and kind ~= "number" then escaped = true end
      end
    end)
    escaped = escaped or not done
  end
  return { escaped = escaped }
end }
