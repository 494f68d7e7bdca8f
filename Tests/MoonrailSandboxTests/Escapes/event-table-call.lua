-- Writes from a __call that was set at load.
-- expect: raised: context.state
local function add(self) self.count = self.count + 1 end
local kept = setmetatable({ count = 0 }, { __call = add })

return { from = "in", to = "out", handler = function(event, context)
  kept()
  return { escaped = kept.count > 1 }
end }
