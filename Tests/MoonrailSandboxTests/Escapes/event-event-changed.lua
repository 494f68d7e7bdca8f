-- Changes its own event and looks for the change in the next one.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = event.data.seen ~= nil or event.headers.seen ~= nil or event.note ~= nil
  event.data.seen = true
  event.headers.seen = "yes"
  pcall(function() event.note = "seen" end)
  return { escaped = escaped }
end }
