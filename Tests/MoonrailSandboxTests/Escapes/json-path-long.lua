-- Raises about a value behind very long names.
-- expect: raised: is not a number
return { from = "in", to = "out", handler = function(event, context)
  local t = { v = 0 / 0 }
  for _ = 1, 20 do t = { [("name"):rep(100)] = t } end
  return t
end }
