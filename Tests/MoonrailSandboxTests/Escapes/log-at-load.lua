-- Logs without end when it is loaded.
-- expect: refused at load: CPU time
while true do print("line") end
