-- Makes tables whose constructors reserve room for what does not come.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  local kept = {}
  local function none() end
  for i = 1, math.maxinteger do
    kept[i] = { nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, none() }
  end
end }
