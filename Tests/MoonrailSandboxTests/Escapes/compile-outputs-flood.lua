-- Declares more outputs than anybody has.
-- expect: refused at load: to
-- repeat: OUTPUT = "'o%d'," 12000
-- outputs: none
return { from = "in", to = { OUTPUT }, handler = function() end }
