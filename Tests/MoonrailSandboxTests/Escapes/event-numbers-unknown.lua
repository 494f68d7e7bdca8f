-- Declares a way to read numbers that there is not.
-- expect: refused at load: numbers
return { from = "in", to = "out", numbers = "text", handler = function() end }
