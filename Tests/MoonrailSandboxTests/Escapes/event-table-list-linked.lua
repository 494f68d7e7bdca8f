-- Has a linked list of thousands of tables from load on, and writes into the last.
-- expect: raised: context.state
local kept = { n = 0 }
local last = kept
for i = 1, 5000 do last.next = { n = i } last = last.next end

return { from = "in", to = "out", handler = function(event, context)
  local at = kept
  while at.next do at = at.next end
  at.n = at.n + 1
  return { escaped = at.n > 5001 }
end }
