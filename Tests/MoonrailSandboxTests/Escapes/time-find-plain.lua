-- Searches a long text for a long text that is almost everywhere.
-- expect: host exits 66 or time limit
return { from = "in", to = "out", handler = function(event, context)
  local text = ("a"):rep(2000000)
  return { escaped = text:find(("a"):rep(1000000) .. "b", 1, true) }
end }
