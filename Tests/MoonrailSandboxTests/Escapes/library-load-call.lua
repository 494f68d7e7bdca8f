-- Calls load with the source of an escape.
-- expect: raised: attempt to call a nil value (global 'load')
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = load("return true")() }
end }
