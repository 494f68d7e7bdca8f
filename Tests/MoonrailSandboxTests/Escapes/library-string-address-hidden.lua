-- Hides %p behind flags, widths and other conversions.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, format in ipairs({ "%-p", "%10p", "%.3p", "%%%p", "%d%p", "%0p", "%s%+5p" }) do
    if pcall(string.format, format, 1, {}, {}) then escaped = true end
  end
  return { escaped = escaped }
end }
