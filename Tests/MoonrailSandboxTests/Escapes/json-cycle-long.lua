-- Returns a cycle that is long.
-- expect: raised: contains itself or output limit
return { from = "in", to = "out", handler = function(event, context)
  local first = {}
  local last = first
  for _ = 1, 20 do last.next = {} last = last.next end
  last.next = first
  return first
end }
