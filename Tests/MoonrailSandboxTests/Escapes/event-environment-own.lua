-- Has an environment of its own from load on and writes globals into it.
-- expect: refused at load: context.state or raised: context.state
local outer_pairs = pairs
local _ENV = { pairs = outer_pairs }

return { from = "in", to = "out", handler = function(event, context)
  count = (count or 0) + 1
  return { escaped = count > 1 }
end }
