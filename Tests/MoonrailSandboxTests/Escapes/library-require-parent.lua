-- Loads a file from above the libraries' folder.
-- expect: raised: there is no library
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require("lib..celsius") ~= nil }
end }
