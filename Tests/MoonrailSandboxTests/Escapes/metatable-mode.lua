-- Makes a weak table, which shows when memory is collected.
-- expect: raised: __mode is not available
return { from = "in", to = "out", handler = function(event, context)
  setmetatable({}, { __mode = "k" })
end }
