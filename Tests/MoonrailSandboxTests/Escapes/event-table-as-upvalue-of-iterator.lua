-- Keeps a table alive only in an iterator made at load.
-- expect: contained or raised: context.state or refused at load: context.state
local step, table_behind = pairs({ { }, { } })
local again, same = ipairs({ {} })

return { from = "in", to = "out", handler = function(event, context)
  local _, box = again(same, 0)
  local before = box.seen
  box.seen = true
  return { escaped = before ~= nil }
end }
