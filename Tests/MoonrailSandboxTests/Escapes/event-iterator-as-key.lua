-- Counts events with a walk that began at load and is a key.
-- expect: refused at load: context.state or raised: only strings
local kept = { [pairs({ 1, 2, 3 })] = true }

return { from = "in", to = "out", handler = function(event, context)
  for step in pairs(kept) do return { escaped = step() ~= 1 } end
end }
