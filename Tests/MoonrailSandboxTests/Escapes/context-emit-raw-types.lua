-- Emits values that are no strings under a type that is not JSON.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, value in ipairs({ print, 0 / 0, { print } }) do
    if pcall(context.emit, value, { type = "text/plain" }) then escaped = true end
  end
  return { escaped = escaped }
end }
