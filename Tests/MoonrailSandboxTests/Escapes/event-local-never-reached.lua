-- Has a function that assigns a local but runs only at load, and is gone then.
-- expect: contained
local n = 0
do
  local function add() n = n + 1 end
  add()
  add()
end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = n ~= 2 }
end }
