-- Emits values that JSON does not have.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, value in ipairs({ print, context.emit, 0 / 0, math.huge, "\xff", { print }, { 0 / 0 } }) do
    if pcall(context.emit, value) then escaped = true end
  end
  return { escaped = escaped }
end }
