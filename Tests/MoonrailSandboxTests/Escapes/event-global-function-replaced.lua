-- Replaces a standard function for the events to come.
-- expect: raised: context.state
return { from = "in", to = "out", handler = function(event, context)
  tostring = function() return "kept" end
  return { escaped = true }
end }
