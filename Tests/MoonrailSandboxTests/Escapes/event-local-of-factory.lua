-- Counts events in the local of a factory function that ran at load.
-- expect: refused at load: context.state
local function counter()
  local count = 0
  return function() count = count + 1 return count end
end
local next_count = counter()

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = next_count() > 1 }
end }
