-- Has an event with one name twice: the guard must see what the reader sees.
-- expect: contained or raised: event.data
-- event: {"escaped":true,"escaped":false}
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data.escaped }
end }
