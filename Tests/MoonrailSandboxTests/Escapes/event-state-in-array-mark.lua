-- Leaves a message in whether a table made at load is an array.
-- expect: contained
local kept = { box = {} }

return { from = "in", to = "out", handler = function(event, context)
  pcall(array, kept.box)
  local marked = pcall(context.emit, { box = kept.box, f = print })
  return { escaped = marked }
end }
