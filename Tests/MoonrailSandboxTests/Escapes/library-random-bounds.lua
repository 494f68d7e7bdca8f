-- Asks math.random for intervals that overflow.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local least, most = math.mininteger, math.maxinteger
  local escaped = math.type(math.random(least, most)) ~= "integer"
  for _, bounds in ipairs({ { 1, 0 }, { most, least }, { 1.5, 2 }, { "x" }, { 1, 2, 3 } }) do
    if pcall(math.random, table.unpack(bounds)) then escaped = true end
  end
  return { escaped = escaped }
end }
