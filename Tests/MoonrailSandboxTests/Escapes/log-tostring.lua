-- Logs objects whose text never ends.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  context.log.info(setmetatable({}, { __tostring = function() while true do end end }))
end }
