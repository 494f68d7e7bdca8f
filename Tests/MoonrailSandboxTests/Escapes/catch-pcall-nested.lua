-- Catches its limit in many layers.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local function layer(n)
    if n == 0 then while true do end end
    while true do pcall(layer, n - 1) end
  end
  layer(50)
end }
