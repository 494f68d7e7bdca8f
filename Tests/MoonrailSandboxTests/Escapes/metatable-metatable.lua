-- Hides a metatable behind __metatable.
-- expect: raised: __metatable is not available
return { from = "in", to = "out", handler = function(event, context)
  setmetatable({}, { __metatable = false })
end }
