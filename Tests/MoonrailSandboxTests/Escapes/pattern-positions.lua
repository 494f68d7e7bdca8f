-- Starts searches at places that do not exist.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, start in ipairs({ math.mininteger, math.maxinteger, -1, 0, 1e15, 5 }) do
    local first = ("abc"):find("c", start)
    escaped = escaped or first ~= nil and first ~= 3 or #("abc"):sub(start, math.maxinteger) > 3
    pcall(string.byte, "abc", start, math.maxinteger)
    pcall(utf8.offset, "abc", start, start)
    pcall(utf8.codepoint, "abc", start, start)
  end
  return { escaped = escaped }
end }
