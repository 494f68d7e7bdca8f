-- Declares outputs that the next function must not have.
-- expect: contained
-- outputs: none
return { from = "in", to = { "out", "left.behind" }, handler = function(event, context)
  return context.emit({ escaped = false }, { to = "out" })
end }
