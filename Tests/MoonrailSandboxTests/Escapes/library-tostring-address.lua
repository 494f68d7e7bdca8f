-- Looks for addresses in the text of everything that has one.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, value in ipairs({ {}, print, function() end, event, context, null, string, _ENV }) do
    local text = tostring(value) .. string.format("%s", value)
    if text:find("0x") or text:find("%d%d%d%d") then escaped = true end
  end
  return { escaped = escaped }
end }
