-- Nests functions as deep as its size allows.
-- expect: refused at load: overflow or refused at load: levels
-- repeat: OPEN = "return function() " 3000
-- repeat: CLOSE = " end" 3000
OPEN CLOSE
