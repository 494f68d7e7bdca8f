-- Gives options that are no table, and names that are none.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, options in ipairs({ 1, "to", true, print, null, { "out" }, { [1.5] = 1 }, { TO = "out" },
    { [true] = 1 }, { offset = 1 }, { time = 0 } }) do
    if pcall(context.emit, { escaped = true }, options) then escaped = true end
  end
  return { escaped = escaped }
end }
