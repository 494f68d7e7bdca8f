-- Fills its memory at load after it has left globals behind.
-- expect: refused at load: memory
left_behind = {}
for i = 1, math.maxinteger do left_behind[i] = { i } end
