-- Returns an array whose only element is the last there can be.
-- expect: raised: data.t is an array with holes
return { from = "in", to = "out", handler = function(event, context)
  return { t = { [math.maxinteger] = 1 } }
end }
