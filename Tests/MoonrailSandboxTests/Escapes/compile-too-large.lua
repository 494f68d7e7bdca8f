-- Is larger than a source may be.
-- expect: refused at load: 128 KB
-- repeat: COMMENT = "-- text\n" 17000
COMMENT

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = true }
end }
