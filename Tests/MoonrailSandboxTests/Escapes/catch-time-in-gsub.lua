-- Catches its limit in each replacement of a long text.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local function spin() pcall(function() while true do end end) return "" end
  return { escaped = ("x"):rep(1000000):gsub("x", spin) ~= nil }
end }
