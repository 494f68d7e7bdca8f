-- Ends the host.
-- expect: raised: attempt to call a nil value (field 'exit')
return { from = "in", to = "out", handler = function(event, context)
  os.exit(0)
end }
