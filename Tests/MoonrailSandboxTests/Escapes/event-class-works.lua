-- Uses classes made at load, with inheritance, as a friendly script would.
-- expect: contained
local Base = {}
Base.__index = Base
function Base.new(n) return setmetatable({ n = n }, Base) end
function Base:add(m) self.n = self.n + m return self end
Base.__eq = function(a, b) return a.n == b.n end
Base.__tostring = function(self) return "n=" .. self.n end
local Derived = setmetatable({}, { __index = Base })
Derived.__index = Derived
function Derived.new(n) return setmetatable({ n = n }, Derived) end
function Derived:double() self.n = self.n * 2 return self end

return { from = "in", to = "out", handler = function(event, context)
  local a, b = Base.new(1):add(2), Base.new(3)
  local c = Derived.new(2):add(1):double()
  return { escaped = a ~= b or tostring(a) ~= "n=3" or c.n ~= 6 or getmetatable(a) ~= Base }
end }
