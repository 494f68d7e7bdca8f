-- Returns an array with holes.
-- expect: raised: data.t is an array with holes
return { from = "in", to = "out", handler = function(event, context)
  return { t = { [1] = 1, [3] = 3 } }
end }
