-- Has events that are no JSON.
-- expect: raised: event.data
-- event: {"escaped":true
-- event: nan
-- event: {"a":01}
-- event: 'text'
-- event: {"a":"\ud800"}
-- event: [1,]
-- event: \x00
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data ~= nil }
end }
