-- Looks for a compiler: it would run text that no version covers, and take binary chunks.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = load ~= nil or loadstring ~= nil or loadfile ~= nil or dofile ~= nil
  return { escaped = escaped }
end }
