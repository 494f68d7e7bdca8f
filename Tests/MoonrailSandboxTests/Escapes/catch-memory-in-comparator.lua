-- Runs out of memory inside a comparison inside a sort, caught outside.
-- expect: memory limit
return { from = "in", to = "out", handler = function(event, context)
  pcall(table.sort, { 2, 1 }, function() return #("x"):rep(1 << 30) > 0 end)
  return { escaped = true }
end }
