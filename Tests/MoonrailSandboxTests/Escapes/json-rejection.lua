-- Returns a rejection inside a document.
-- expect: rejected: inside or raised: data.r is not a value
return { from = "in", to = "out", handler = function(event, context)
  return { r = context.reject("inside") }
end }
