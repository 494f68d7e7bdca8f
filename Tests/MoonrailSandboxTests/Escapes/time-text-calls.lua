-- Calls functions that walk a long text, again and again.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local text = ("x"):rep(1000000)
  while true do utf8.len(text) text:reverse() text:upper() end
end }
