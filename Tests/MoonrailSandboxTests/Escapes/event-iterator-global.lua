-- Counts events with a search that began at load and is a global.
-- expect: refused at load: context.state
words = ("a b c d e"):gmatch("%a")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = words() ~= "a" }
end }
