-- Takes the guard off a library table.
-- expect: raised: setmetatable
return { from = "in", to = "out", handler = function(event, context)
  setmetatable(math, nil)
  return { escaped = true }
end }
