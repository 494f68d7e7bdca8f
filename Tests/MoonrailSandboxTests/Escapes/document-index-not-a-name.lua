-- Reads and writes a document under keys that no document has.
-- event: {"a":1,"b":2,"c":3,"d":4,"e":5}
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local d = event.data
  local keys = { 1, -1, 0.5, 2^63, true, {}, print, null, math.mininteger, "a\0", ("x"):rep(1e5) }
  local found = false
  for _, key in ipairs(keys) do
    if d[key] ~= nil then found = true end
    d[key] = key
    if d[key] ~= key then found = true end
    d[key] = nil
  end
  if pcall(function() d[nil] = 1 end) or pcall(function() d[0 / 0] = 1 end) then found = true end
  if d[nil] ~= nil or d[0 / 0] ~= nil then found = true end
  return { escaped = found or d.a ~= 1 }
end }
