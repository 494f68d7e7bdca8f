-- Catches that a table made at load can't be written, in every way there is.
-- expect: contained
local kept = { 1, 2, 3, inner = {} }

return { from = "in", to = "out", handler = function(event, context)
  local ways = {
    function() kept.x = 1 end, function() kept[1] = 9 end, function() kept.inner.x = 1 end,
    function() rawset(kept, "x", 1) end, function() table.insert(kept, 4) end,
    function() table.remove(kept) end, function() table.sort(kept, function() return true end) end,
    function() table.move({ 9 }, 1, 1, 1, kept) end, function() array(kept) end,
    function() setmetatable(kept, {}) end, function() kept.inner = nil end,
    function() table.move(kept, 1, 2, 2) end, function() table.insert(kept.inner, 1, 1) end,
  }
  for _, way in ipairs(ways) do pcall(way) end
  local escaped = #kept ~= 3 or kept[1] ~= 1 or kept[3] ~= 3 or kept.x ~= nil or kept.inner == nil
    or kept.inner.x ~= nil or kept.inner[1] ~= nil or getmetatable(kept) ~= nil
  return { escaped = escaped }
end }
