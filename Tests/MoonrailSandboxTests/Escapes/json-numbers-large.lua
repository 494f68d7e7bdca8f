-- Has integers in its event that no integer holds.
-- expect: raised: event.data
-- event: {"n":18446744073709551616}
-- event: {"n":9223372036854775808}
-- event: {"a":[{"n":-9223372036854775809}]}
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = event.data ~= nil }
end }
