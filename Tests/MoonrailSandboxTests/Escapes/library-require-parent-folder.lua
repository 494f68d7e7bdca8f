-- Loads a file by a path that leaves the libraries' folder.
-- expect: raised: there is no library
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require("../functions/celsius") ~= nil }
end }
