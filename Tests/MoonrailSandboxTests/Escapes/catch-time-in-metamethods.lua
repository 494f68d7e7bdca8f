-- Catches its limit in metamethods that are called in a row.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local function spin() pcall(function() while true do end end) return true end
  local probe = setmetatable({}, { __lt = spin, __le = spin, __index = spin, __concat = spin })
  for _ = 1, 1000 do local x = probe < probe, probe <= probe, probe.x, probe .. probe end
  return { escaped = true }
end }
