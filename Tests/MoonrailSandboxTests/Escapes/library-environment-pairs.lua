-- Walks the environment to find what is hidden in it.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for name, value in pairs(_ENV) do escaped = escaped or type(name) ~= "string" or value == io end
  return { escaped = escaped }
end }
