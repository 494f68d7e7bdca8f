-- Counts events with a search that began at load in a library.
-- expect: refused at load: context.state
-- library: lib.words = local step = ("a b c d e"):gmatch("%a") return function() return step() end
local word = require("lib.words")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = word() ~= "a" }
end }
