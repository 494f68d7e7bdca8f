-- Raises an error while an error becomes text.
-- expect: raised: inner
return { from = "in", to = "out", handler = function(event, context)
  error(tostring(setmetatable({}, { __tostring = function() error("inner") end })))
end }
