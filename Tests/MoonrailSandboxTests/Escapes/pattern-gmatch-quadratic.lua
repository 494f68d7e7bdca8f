-- Walks matches that each try the whole text.
-- expect: host exits 66 or time limit
return { from = "in", to = "out", handler = function(event, context)
  for _ in ("a"):rep(1000000):gmatch("a-b") do end
  return { escaped = true }
end }
