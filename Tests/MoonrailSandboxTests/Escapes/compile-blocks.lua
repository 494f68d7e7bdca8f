-- Nests blocks as deep as its size allows.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: OPEN = "do " 20000
-- repeat: CLOSE = "end " 15000
OPEN CLOSE
