-- Assigns a local through a global function made at load, reached by name.
-- expect: refused at load: context.state
do
  local count = 0
  function add() count = count + 1 return count end
end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = _ENV["a" .. "dd"]() > 1 }
end }
