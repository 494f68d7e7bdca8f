-- Replaces the metatable of the event.
-- expect: raised: setmetatable
return { from = "in", to = "out", handler = function(event, context)
  setmetatable(event, { __index = function() return "forged" end })
  return { escaped = true }
end }
