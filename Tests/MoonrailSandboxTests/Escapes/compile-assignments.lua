-- Assigns to thousands of variables at once.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: NAME = "a," 40000
NAME a = 1
