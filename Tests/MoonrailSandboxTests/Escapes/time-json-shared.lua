-- Returns a small document that is huge when it is written.
-- expect: output limit
return { from = "in", to = "out", handler = function(event, context)
  local t = { "leaf" }
  for _ = 1, 30 do t = { t, t } end
  return t
end }
