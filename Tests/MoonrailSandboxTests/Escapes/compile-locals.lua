-- Has more local variables than a function can hold.
-- expect: refused at load: too many local variables
-- repeat: LOCAL = "local a%d = 1 " 5000
LOCAL
