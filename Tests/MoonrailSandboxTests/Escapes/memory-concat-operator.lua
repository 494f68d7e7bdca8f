-- Joins many long texts in one expression.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local a = ("x"):rep(1 << 20)
  return { escaped = #(a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a) > 0 }
end }
