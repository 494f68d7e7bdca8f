-- Returns a table that contains itself.
-- expect: raised: data.items[1][1] contains itself
return { from = "in", to = "out", handler = function(event, context)
  local t = {}
  t.items = { { t } }
  return t
end }
