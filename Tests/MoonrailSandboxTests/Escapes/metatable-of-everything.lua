-- Sets metatables of values that are no tables.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, value in ipairs({ 1, "x", true, print, null }) do
    escaped = escaped or pcall(setmetatable, value, {}) or getmetatable(value) ~= nil
  end
  return { escaped = escaped }
end }
