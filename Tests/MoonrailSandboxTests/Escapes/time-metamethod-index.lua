-- Answers each read by another read without end.
-- expect: time limit or raised: C stack overflow or raised: stack overflow or memory limit
return { from = "in", to = "out", handler = function(event, context)
  local probe
  probe = setmetatable({}, { __index = function(_, key) return probe[key + 1] end })
  return { escaped = probe[1] }
end }
