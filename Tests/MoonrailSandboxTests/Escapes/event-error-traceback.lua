-- Reads what an error of an earlier event left, by raising without a message.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local done, message = pcall(error)
  local again, other = pcall(error, nil)
  return { escaped = done or again or message ~= nil or other ~= nil }
end }
