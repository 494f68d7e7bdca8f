-- Loads a file by its absolute path.
-- expect: raised: there is no library
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require("/etc/passwd") ~= nil }
end }
