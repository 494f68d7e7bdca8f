-- Calls itself without end.
-- expect: raised: stack overflow or memory limit
return { from = "in", to = "out", handler = function(event, context)
  local function deeper(n) return 1 + deeper(n + 1) end
  return { escaped = deeper(1) }
end }
