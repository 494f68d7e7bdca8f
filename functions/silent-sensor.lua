-- Tells of each sensor from which nothing came within an hour, once, until it is heard of again.
local HOUR = 60 * 60 * 1000

return {
  from = "heartbeats",
  to = "sensors.silent",
  description = "sensors from which nothing came within an hour",
  state = { key = "sensor" },
  timers = { lateness = "1m", idle = "10m" },
  handler = function(event, context)
    local state = context.state
    -- Heartbeats may come in another order than that of their times.
    state.heard = math.max(state.heard or event.time, event.time)
    context.timer(state.heard + HOUR, "silent")
  end,
  on_timer = function(timer, context)
    local heard = context.state.heard
    context.state.heard = nil
    return { sensor = timer.key, heard = os.date("%Y-%m-%dT%H:%M:%SZ", heard // 1000) }
  end,
}
