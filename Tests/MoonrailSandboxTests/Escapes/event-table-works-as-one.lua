-- Uses a table made at load as any other in all that only reads.
-- expect: contained
local kept = { 10, 20, 30, name = { "a" } }
local list = array({ 1, 2 })

return { from = "in", to = "out", handler = function(event, context)
  local sum, names = 0, {}
  for _, value in ipairs(kept) do sum = sum + value end
  for key in pairs(kept) do names[#names + 1] = tostring(key) end
  local same = #kept == 3 and rawlen(kept) == 3 and rawget(kept, 1) == 10 and rawequal(kept, kept)
  same = same and table.concat(list, ",") == "1,2" and select("#", table.unpack(kept)) == 3
  same = same and sum == 60 and table.concat(names, " ") == "1 2 3 name" and type(kept) == "table"
  context.emit({ kept = kept.name, list = list })
  return { escaped = not same }
end }
