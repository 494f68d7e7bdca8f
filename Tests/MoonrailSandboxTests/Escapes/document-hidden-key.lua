-- Looks for something of the host's in a document's tables, by every way there is.
-- event: {"n":1,"o":{"a":1,"b":2,"c":3,"d":4,"e":5},"l":[{"x":1,"y":2,"z":3,"u":4,"v":5}]}
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local d = event.data
  local strange = getmetatable(d) ~= nil or getmetatable(d.o) ~= nil or getmetatable(d.l) ~= nil
  local function look(t)
    for k, v in pairs(t) do
      if type(k) ~= "string" and type(k) ~= "number" then strange = true end
      if type(v) == "userdata" or type(v) == "function" then strange = true end
      if type(v) == "table" then look(v) end
    end
    for i = -4, 40 do
      local v = rawget(t, i)
      if v ~= nil and type(v) ~= "table" then strange = true end
    end
    if rawget(t, null) ~= nil or t[null] ~= nil or rawget(t, true) ~= nil then strange = true end
    table.move(t, -8, 64, 1, {})
    if rawlen(t) > 1 then strange = true end
  end
  look(d)
  return { escaped = strange }
end }
