-- Counts the clicks of each page by the minute in which they happened, not in which they came.
local windows = require "lib.windows"

local MINUTE = 60 * 1000

return {
  from = "clicks",
  to = "clicks.minutes",
  description = "clicks of each page and minute",
  state = { key = "page" },
  timers = { lateness = "10s" },
  handler = function(event, context)
    local minute = windows.tumbling(event, context, MINUTE)
    if minute == nil then return context.reject("too late for its minute") end
    minute.clicks = (minute.clicks or 0) + 1
  end,
  on_timer = function(timer, context)
    local minute = windows.close(timer, context)
    if minute == nil then return nil end
    return { page = timer.key, minute = os.date("%Y-%m-%dT%H:%MZ", minute.from // 1000),
      clicks = minute.clicks }
  end,
}
