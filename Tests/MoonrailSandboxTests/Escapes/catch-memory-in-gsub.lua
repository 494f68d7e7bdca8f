-- Runs out of memory in a replacement, caught inside and outside.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local function fill() pcall(string.rep, "x", 1 << 30) return "" end
  pcall(string.gsub, "aaaa", "a", fill)
  return { escaped = true }
end }
