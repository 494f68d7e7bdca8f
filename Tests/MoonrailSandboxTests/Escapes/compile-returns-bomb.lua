-- Returns a table that is huge when it is written.
-- expect: refused at load: larger or refused at load: nested
local t = { "leaf" }
for _ = 1, 30 do t = { t, t } end
return { from = "in", to = "out", bomb = t, handler = function() end }
