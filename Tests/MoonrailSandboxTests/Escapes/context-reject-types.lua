-- Rejects with reasons that are no text.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, reason in ipairs({ {}, true, print, null, event }) do
    if pcall(context.reject, reason) then escaped = true end
  end
  if pcall(context.reject) then escaped = true end
  return { escaped = escaped }
end }
