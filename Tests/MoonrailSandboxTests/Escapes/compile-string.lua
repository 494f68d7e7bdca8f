-- Has a string that never ends.
-- expect: refused at load: unfinished string
-- repeat: TEXT = "text " 20000
local x = "TEXT
