-- Returns a number that JSON does not have.
-- expect: raised: data.a.b[1] is not a number JSON can hold
return { from = "in", to = "out", handler = function(event, context)
  return { a = { b = { -math.huge } } }
end }
