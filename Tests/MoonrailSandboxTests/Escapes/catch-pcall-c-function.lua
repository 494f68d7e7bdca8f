-- Catches its limit around a C function that calls back.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  pcall(string.gsub, ("x"):rep(1000000), ".", function() pcall(error) end)
  return { escaped = true }
end }
