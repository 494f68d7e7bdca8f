-- Gives ids that are no strings.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, id in ipairs({ 1, 1.5, true, {}, print, null, event, context }) do
    if pcall(context.emit, { escaped = true }, { id = id }) then escaped = true end
  end
  return { escaped = escaped }
end }
