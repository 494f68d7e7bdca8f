-- Uses every C function as a metamethod.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local functions = { rawget, rawset, rawequal, rawlen, select, type, tostring, tonumber, pcall,
    ipairs, pairs, setmetatable, getmetatable, array, require, print, error, assert,
    string.rep, string.sub, string.format, table.insert, table.concat, table.unpack, table.sort }
  for _, call in ipairs(functions) do
    local t = setmetatable({}, { __index = call, __newindex = call, __call = call, __len = call,
      __concat = call, __eq = call, __lt = call, __tostring = call, __unm = call })
    pcall(function() return t[1] end)
    pcall(function() t[1] = 2 end)
    pcall(function() return t(t, 1) end)
    pcall(function() return #t end)
    pcall(function() return t .. t end)
    pcall(function() return t == {} or t < t end)
    pcall(function() return -t end)
    pcall(tostring, t)
  end
  return { escaped = false }
end }
