-- Returns a function.
-- expect: raised: data.f is a function
return { from = "in", to = "out", handler = function(event, context)
  return { f = print }
end }
