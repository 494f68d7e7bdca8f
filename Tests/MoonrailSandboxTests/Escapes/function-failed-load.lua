-- Raises at load after it has left globals behind.
-- expect: refused at load: on purpose
left_behind = { secret = true }
error("on purpose")
