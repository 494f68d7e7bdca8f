-- Gives os.date every conversion there is and is not, and times out of all bounds.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local times = { 0, math.maxinteger, math.mininteger, 1e18, -1e18, 253402300799 }
  for byte = 0, 255 do
    local time = times[byte % #times + 1]
    pcall(os.date, "%" .. string.char(byte), time)
    pcall(os.date, "%E" .. string.char(byte), time)
    pcall(os.date, "!*t" .. string.char(byte), time)
  end
  for _, time in ipairs(times) do pcall(os.date, "%c%x%X%Y", time) end
  return { escaped = pcall(os.date, "%") }
end }
