-- Returns tables with keys that are no names.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, key in ipairs({ true, 1.5, null, print, {}, -1, 0, math.mininteger }) do
    if pcall(context.emit, { t = { [key] = 1 } }) then escaped = true end
    if pcall(context.emit, { t = { [key] = 1, name = 2 } }) then escaped = true end
  end
  return { escaped = escaped }
end }
