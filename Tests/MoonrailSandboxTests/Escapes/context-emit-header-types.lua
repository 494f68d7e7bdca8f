-- Gives headers that are no strings.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, value in ipairs({ 1, 1.5, true, {}, print, null, event }) do
    if pcall(context.emit, { escaped = true }, { headers = { h = value } }) then escaped = true end
    if pcall(context.emit, { escaped = true }, { headers = value == 1 and "x" or 5 }) then
      escaped = true
    end
  end
  return { escaped = escaped }
end }
