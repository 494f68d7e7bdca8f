-- Raises a table that contains itself.
-- expect: raised: error object
return { from = "in", to = "out", handler = function(event, context)
  local t = {}
  t.t = t
  error(t)
end }
