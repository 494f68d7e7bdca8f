-- Puts an environment of its own in place and looks whether anything comes back with it.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local _ENV = { _G = nil }
  return { escaped = load ~= nil or io ~= nil or print ~= nil }
end }
