-- Looks for addresses in the messages of errors about tables and functions.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, value in ipairs({ {}, print, function() end, context.emit }) do
    local _, message = pcall(string.rep, value)
    local _, other = pcall(error, value)
    escaped = escaped or tostring(message):find("0x") ~= nil or tostring(other):find("0x") ~= nil
  end
  return { escaped = escaped }
end }
