-- Has more upvalues than a function can hold.
-- expect: refused at load: upvalues
-- repeat: LEVEL = "local a%d = 1 " 190
-- repeat: MORE = "local b%d = 1 " 190
-- repeat: USE = "a%d=b%d " 190
LEVEL return (function() MORE return function() USE end end)()
