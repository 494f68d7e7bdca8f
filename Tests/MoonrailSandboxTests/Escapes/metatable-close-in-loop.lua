-- Has a loop close a value when it ends.
-- expect: raised: non-closable value
return { from = "in", to = "out", handler = function(event, context)
  for _ in pairs({ 1 }), nil, nil, {} do end
  return { escaped = true }
end }
