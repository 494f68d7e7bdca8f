-- Leaves globals for whatever function is loaded into this host next.
-- expect: contained
left_behind = { secret = true }

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = false }
end }
