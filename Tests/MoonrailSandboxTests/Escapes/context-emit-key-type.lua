-- Gives keys that are neither strings nor integers.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, key in ipairs({ 1.5, 0 / 0, true, {}, print, null, event, context }) do
    if pcall(context.emit, { escaped = true }, { key = key }) then escaped = true end
  end
  return { escaped = escaped }
end }
