-- Walks a long text backwards for every character of it.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local text = ("\u{20AC}"):rep(100000)
  for i = 1, 100000 do utf8.offset(text, -i) end
  return { escaped = true }
end }
