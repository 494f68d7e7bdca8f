-- Looks whether require left anything that it could be steered by.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = pcall(function() return require.searchers end) }
end }
