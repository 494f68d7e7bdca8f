-- Emits from inside a sort, a replacement and a metamethod.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  local function flood() for _ = 1, 40 do context.emit({ escaped = false }) end end
  table.sort({ 2, 1 }, function() flood() return false end)
  string.gsub("x", "x", flood)
  tostring(setmetatable({}, { __tostring = function() flood() return "" end }))
end }
