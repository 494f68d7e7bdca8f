-- Returns an array that lies about its length.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local list = setmetatable({ 1, 2 }, { __len = function() return 1000000000 end })
  pcall(context.emit, nil)
  return { escaped = #list == 2 }
end }
