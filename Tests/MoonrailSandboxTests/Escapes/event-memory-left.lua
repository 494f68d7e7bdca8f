-- Looks whether an event that left much behind makes the next one's memory smaller.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local text = ("x"):rep(3 * 1024 * 1024)
  return { escaped = #text ~= 3 * 1024 * 1024 }
end }
