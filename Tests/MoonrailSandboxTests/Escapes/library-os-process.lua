-- Looks in os for more than the event's time.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for name in pairs({ execute = 1, exit = 1, getenv = 1, remove = 1, rename = 1, tmpname = 1,
    setlocale = 1, clock = 1, difftime = 1 }) do
    if os[name] ~= nil then escaped = true end
  end
  return { escaped = escaped }
end }
