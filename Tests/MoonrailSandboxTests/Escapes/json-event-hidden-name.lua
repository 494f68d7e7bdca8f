-- Has an event with names that differ only behind a zero byte.
-- expect: contained
-- event: {"escaped":false,"escaped\u0000":true}
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data.escaped }
end }
