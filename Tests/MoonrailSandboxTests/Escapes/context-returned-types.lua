-- Returns values that are no event.
-- expect: raised: handler returned
return { from = "in", to = "out", handler = function(event, context)
  local values = { 5, "text", true, print }
  return values[event.data.n]
end }
