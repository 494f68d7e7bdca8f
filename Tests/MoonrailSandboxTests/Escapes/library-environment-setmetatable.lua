-- Replaces the guard of the environment.
-- expect: raised: setmetatable
return { from = "in", to = "out", handler = function(event, context)
  setmetatable(_ENV, nil)
  return { escaped = true }
end }
