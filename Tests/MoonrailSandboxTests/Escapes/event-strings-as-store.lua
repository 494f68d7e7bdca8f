-- Uses strings as tables in all ways that could keep something.
-- expect: contained
local text = "text"

return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, way in ipairs({ function() text.x = 1 end, function() rawset(text, "x", 1) end,
    function() setmetatable(text, {}) end, function() text[1] = 1 end }) do
    escaped = escaped or pcall(way)
  end
  return { escaped = escaped or text.x ~= nil }
end }
