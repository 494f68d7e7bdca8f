-- Writes from every metamethod that gets the table made at load as its argument.
-- expect: contained
local log = {}
local function write(self) self.n = self.n + 1 return self.n end
local kept = setmetatable({ n = 0 }, { __add = write, __concat = write, __unm = write,
  __len = write, __call = write, __tostring = function(self) return "" .. write(self) end,
  __lt = write, __index = write, __eq = write, __bnot = write })

return { from = "in", to = "out", handler = function(event, context)
  local ways = {
    function() return kept + 1 end, function() return kept .. "" end, function() return -kept end,
    function() return #kept end, function() return kept() end, function() return tostring(kept) end,
    function() return kept < kept end, function() return kept.absent end,
    function() return kept == setmetatable({}, getmetatable(kept)) end, function() return ~kept end,
  }
  for _, way in ipairs(ways) do pcall(way) end
  return { escaped = kept.n ~= 0 }
end }
