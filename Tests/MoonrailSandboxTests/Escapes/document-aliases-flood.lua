-- Writes one document into itself until it is very large.
-- event: {"a":{"k":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},"b":{}}
-- expect: output limit or time limit or memory limit
return { from = "in", to = "out", handler = function(event, context)
  local t = event.data
  for i = 1, 25 do
    t = { t, t }
  end
  return { t = t }
end }
