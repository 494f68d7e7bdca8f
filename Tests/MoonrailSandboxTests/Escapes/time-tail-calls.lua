-- Calls itself as its last act, which takes no stack.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local function again(n) return again(n + 1) end
  return again(1)
end }
