-- Never comes back from a comparison.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  table.sort({ 3, 1, 2 }, function() while true do end end)
end }
