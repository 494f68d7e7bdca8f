-- Returns a number that JSON does not have.
-- expect: raised: data.items[3].price is not a number JSON can hold
return { from = "in", to = "out", handler = function(event, context)
  return { items = { { price = 1 }, { price = 2 }, { price = 0 / 0 } } }
end }
