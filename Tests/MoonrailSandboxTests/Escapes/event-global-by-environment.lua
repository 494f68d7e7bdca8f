-- Counts events in a field of _ENV.
-- expect: raised: context.state
return { from = "in", to = "out", handler = function(event, context)
  _ENV.count = (_ENV.count or 0) + 1
  return { escaped = _ENV.count > 1 }
end }
