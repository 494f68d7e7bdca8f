-- Opens a file that everybody may read.
-- expect: raised: attempt to index a nil value (global 'io')
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = io.open("/etc/passwd"):read("a") ~= nil }
end }
