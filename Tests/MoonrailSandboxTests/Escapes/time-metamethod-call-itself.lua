-- Is a table that is called by calling itself.
-- expect: time limit or memory limit or host exits 66 or raised: overflow
return { from = "in", to = "out", handler = function(event, context)
  local probe = {}
  setmetatable(probe, { __call = probe })
  return { escaped = probe() }
end }
