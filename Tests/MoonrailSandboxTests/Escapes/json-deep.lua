-- Returns a document nested deeper than the limit.
-- expect: output limit or raised: nested deeper
return { from = "in", to = "out", handler = function(event, context)
  local t = {}
  for _ = 1, 1000 do t = { t } end
  return t
end }
