-- Assigns a local in a function that is only ever an argument.
-- expect: refused at load: context.state
local n = 0
local function apply(f) return f() end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = apply(function() n = n + 1 return n end) > 1 }
end }
