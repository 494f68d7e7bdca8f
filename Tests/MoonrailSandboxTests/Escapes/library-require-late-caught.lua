-- Loads libraries in the handler again and again and catches what comes of it.
-- expect: contained
-- library: lib.late = kept = { 1 } return kept
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _ = 1, 100 do escaped = escaped or pcall(require, "lib.late") end
  return { escaped = escaped or kept ~= nil }
end }
