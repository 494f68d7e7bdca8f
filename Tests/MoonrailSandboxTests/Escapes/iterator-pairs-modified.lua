-- Changes a table while it is walked.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local t = {}
  for i = 1, 100 do t["k" .. i] = i end
  local seen = 0
  for key in pairs(t) do
    seen = seen + 1
    t[key] = nil
    t["new" .. key] = 1
  end
  return { escaped = seen > 100 }
end }
