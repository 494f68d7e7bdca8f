-- Declares variables that are closed at the end of their block.
-- expect: raised: non-closable value
return { from = "in", to = "out", handler = function(event, context)
  local escaped <close> = {}
  return { escaped = true }
end }
