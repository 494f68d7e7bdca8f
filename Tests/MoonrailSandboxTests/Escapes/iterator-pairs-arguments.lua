-- Calls the iterator of pairs with other arguments.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local step = pairs({ a = 1, b = 2 })
  local first = step(string, "upper")
  local second = step(nil, {})
  return { escaped = first ~= "a" or second ~= "b" or step() ~= nil or step() ~= nil }
end }
