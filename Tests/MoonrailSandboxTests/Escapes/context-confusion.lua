-- Calls every function there is with every kind of value.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local libraries = { string, table, math, utf8, os, context.log }
  local values = { nil, 0, -1, math.maxinteger, math.mininteger, 1.5, 0 / 0, math.huge, "", "x",
    "%s%d%q", true, {}, print, null, event, context, array({ 1 }) }
  local globals = { assert, error, ipairs, select, rawequal, rawget, rawlen, tonumber, type,
    getmetatable, pairs, pcall, rawset, require, tostring, setmetatable }
  local skipped = { rep = true, randomseed = true }
  local function try(call)
    for i = 1, 18 do
      pcall(call, values[i])
      pcall(call, values[i], values[(i * 7) % 18 + 1])
      pcall(call, values[(i * 5) % 18 + 1], values[i], values[(i * 11) % 18 + 1])
    end
  end
  for _, library in ipairs(libraries) do
    for name, call in pairs({ sub = library.sub, byte = library.byte, char = library.char,
      find = library.find, format = library.format, len = library.len, lower = library.lower,
      concat = library.concat, insert = library.insert, remove = library.remove,
      sort = library.sort, unpack = library.unpack, pack = library.pack, floor = library.floor,
      codepoint = library.codepoint, codes = library.codes, offset = library.offset,
      time = library.time, date = library.date, random = library.random, abs = library.abs,
      fmod = library.fmod, tointeger = library.tointeger, ult = library.ult }) do
      if not skipped[name] then try(call) end
    end
  end
  for _, call in ipairs(globals) do try(call) end
  return { escaped = false }
end }
