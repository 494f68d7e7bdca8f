-- Has os.time correct the fields of a table made at load.
-- expect: contained or raised: context.state
local kept = { year = 2020, month = 14, day = 40, hour = 12 }

return { from = "in", to = "out", handler = function(event, context)
  local first = kept.month
  pcall(os.time, kept)
  return { escaped = first ~= 14 or kept.month ~= 14 }
end }
