-- Windows of event time over state and timers; loaded with require "lib.windows".
--
-- Each key has windows of its own: tables from = and to = (to is not part of it), in milliseconds,
-- in which the function keeps what it likes. They are state, so that they outlast restarts. The
-- function has `state = {}` and gives its on_timer to windows.close. It uses one kind of windows.
-- What on_timer emits then has the time of the window's last millisecond, so that it is in the same
-- window of the next function.
local windows = {}

local TIMER = "windows"

-- Has the window that ends first closed behind its last millisecond.
local function wait_for_first(list, context)
  context.timer(list[1].to - 1, TIMER)
end

-- The key's windows, those that close first in front.
local function list_of(context)
  local state = context.state
  if state.windows == nil then state.windows = array {} end
  return state.windows
end

-- The window from `from` to `to`, opened when it is not there. Nil when it was closed already.
local function open(context, from, to)
  local closed = context.state.closed
  if closed ~= nil and to <= closed then return nil end
  local list = list_of(context)
  local place = 1
  while list[place] ~= nil and list[place].to < to do place = place + 1 end
  if list[place] == nil or list[place].to ~= to then
    table.insert(list, place, { from = from, to = to })
  end
  wait_for_first(list, context)
  return list[place]
end

-- The window of `size` milliseconds that the event is in: they follow each other without gaps.
-- Nil when the event comes so late that its window was closed.
function windows.tumbling(event, context, size)
  local from = event.time - event.time % size
  return open(context, from, from + size)
end

-- A list of the windows of `size` milliseconds that the event is in; one begins every `slide`
-- milliseconds. Those that were closed already are missing.
function windows.sliding(event, context, size, slide)
  local found = array {}
  local from = event.time - event.time % slide
  while from > event.time - size do
    local window = open(context, from, from + size)
    if window ~= nil then table.insert(found, 1, window) end
    from = from - slide
  end
  return found
end

-- The session that the event is in: it ends when no event came for `gap` milliseconds. An event
-- may come late and close the gap between two: then `merge(session, other)` is to add to the first
-- what the other holds, which is gone afterwards. Nil when the event comes so late that its session
-- was closed.
function windows.session(event, context, gap, merge)
  local from, to = event.time, event.time + gap
  local closed = context.state.closed
  if closed ~= nil and to <= closed then return nil end
  local list = list_of(context)
  local session
  local kept = array {}
  for _, other in ipairs(list) do
    if other.from >= to or other.to <= from then
      kept[#kept + 1] = other
    elseif session == nil then
      session = other
    else
      merge(session, other)
      session.from = math.min(session.from, other.from)
      session.to = math.max(session.to, other.to)
    end
  end
  if session == nil then session = { from = from, to = to } end
  session.from = math.min(session.from, from)
  session.to = math.max(session.to, to)
  local place = 1
  while kept[place] ~= nil and kept[place].to < session.to do place = place + 1 end
  table.insert(kept, place, session)
  context.state.windows = kept
  wait_for_first(kept, context)
  return session
end

-- The window that closes with this timer, for on_timer. Nil for a timer of the function's own, and
-- when a key is forgotten: one window after its last, so that late events are known as late.
function windows.close(timer, context)
  if timer.name ~= TIMER then return nil end
  local state = context.state
  local list = state.windows
  if list == nil then
    state.closed = nil
    return nil
  end
  local window = table.remove(list, 1)
  state.closed = window.to
  if list[1] ~= nil then
    wait_for_first(list, context)
  else
    state.windows = nil
    context.timer(2 * window.to - window.from - 1, TIMER)
  end
  return window
end

return windows
