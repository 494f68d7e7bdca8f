-- Raises with levels that point nowhere.
-- expect: raised: here
return { from = "in", to = "out", handler = function(event, context)
  pcall(error, "x", math.maxinteger)
  pcall(error, "x", math.mininteger)
  error("here", 1 << 40)
end }
