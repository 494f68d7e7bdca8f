-- Has a library larger than a source may be.
-- expect: refused at load: 128 KB
-- repeat: COMMENT = "-- text\n" 17000
-- library: lib.large = COMMENT return 1
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = require("lib.large") == 1 }
end }
