-- Raises a table that is huge when it is written.
-- expect: raised: error object
return { from = "in", to = "out", handler = function(event, context)
  local t = { "leaf" }
  for _ = 1, 30 do t = { t, t } end
  error(t)
end }
