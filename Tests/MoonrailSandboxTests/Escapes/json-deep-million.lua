-- Returns a document nested a hundred thousand times.
-- expect: output limit or raised: nested deeper or memory limit
return { from = "in", to = "out", handler = function(event, context)
  local t = {}
  for _ = 1, 60000 do t = { t } end
  return t
end }
