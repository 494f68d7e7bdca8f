-- Measures time with a loop between two looks at the clock.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local before = os.time()
  for _ = 1, 100000 do end
  return { escaped = os.time() ~= before or before ~= event.time // 1000 }
end }
