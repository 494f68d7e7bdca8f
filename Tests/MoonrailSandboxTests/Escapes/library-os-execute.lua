-- Starts a shell.
-- expect: raised: attempt to call a nil value (field 'execute')
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = os.execute("true") }
end }
