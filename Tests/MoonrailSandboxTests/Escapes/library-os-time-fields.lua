-- Gives os.time fields that overflow every calendar.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local fields = { math.maxinteger, math.mininteger, 1e300, -1e300, 0 / 0, "x", {}, print, true }
  for _, year in ipairs(fields) do
    for _, month in ipairs(fields) do
      pcall(os.time, { year = year, month = month, day = 1 })
      pcall(os.time, { year = 2000, month = 1, day = month, hour = year, min = month, sec = year })
    end
  end
  return { escaped = false }
end }
