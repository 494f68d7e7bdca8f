-- Returns headers that no event can have.
-- expect: raised: header
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true }, { [1] = "x" }
end }
