-- Has a ladder of thousands of branches, whose jumps are patched one by one.
-- expect: contained or refused at load: CPU time or host exits 66
-- repeat: BRANCH = "elseif n==%d then n=1 " 5400
local function ladder(n) if n == 0 then n = 1 BRANCH end return n end

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = ladder(-1) ~= -1 }
end }
