local inner = {}
local outer = inner
for level = 1, 2000 do
  outer = { outer }
end

return {
  from = "readings",
  description = outer,
  handler = function(event, context) return nil end,
}
