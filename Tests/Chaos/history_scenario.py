"""Functions with state and windows, their configuration and their input, all made from a seed.

    in --sum--> sums --copy--> copies
     |  \\----> side
     \\--minutes--> counts

sum folds each key's amounts and emits the running sums; it closes an account now and then and fails
1 % of its events after it had changed the state. minutes counts by windows of event time, whose
timers emit, and rejects what comes too late.
"""
import json
import os
import shutil

from arithmetic import mix
from scenario import LUA_MIX, compact

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

FUNCTIONS = {
    "sum": """
return {
  from = "in", to = { "sums", "side" },
  state = { initial = { count = 0, sum = 0 } },
  handler = function(event, context)
    local d, state = event.data, context.state
    local unit = d.n * 8 + d.p
    if mix(unit, 11) % 40 == 3 then
      local count = state.count
      state.count, state.sum = nil, nil
      if count == 0 then return nil end
      return { closed = count, n = d.n, p = d.p }
    end
    state.count = state.count + 1
    state.sum = state.sum + d.a
    if mix(unit, 12) % 100 == 42 then error("refused " .. d.n) end
    context.emit({ count = state.count, n = d.n, p = d.p, sum = state.sum })
    if mix(unit, 13) % 3 == 0 then
      context.emit({ n = d.n, p = d.p, sum = state.sum }, { to = "side" })
    end
  end,
}
""",
    "minutes": """
local windows = require "lib.windows"
return {
  from = "in", to = "counts",
  state = { key = "k" },
  timers = { lateness = "5s" },
  breaker = false,
  handler = function(event, context)
    local window = windows.tumbling(event, context, 5000)
    if window == nil then return context.reject("late") end
    window.events = (window.events or 0) + 1
    window.sum = (window.sum or 0) + event.data.a
  end,
  on_timer = function(timer, context)
    local window = windows.close(timer, context)
    if window == nil then return nil end
    return { events = window.events, from = window.from, k = timer.key, sum = window.sum }
  end,
}
""",
    "copy": """
return { from = "sums", to = "copies", handler = function(event) return event.data end }
""",
}

# Event time begins here, in milliseconds, and goes on by a step with each of a producer's events.
TIME_BEGIN = 1_767_225_600_000
TIME_STEP = 10


class HistoryVariant:
    """How the stations are cut up."""

    keyed = True
    producers = 2

    def __init__(self, name, partitions, side_partitions):
        self.name = name
        self.partitions = {"in": partitions, "sums": partitions, "copies": partitions,
                           "counts": partitions, "side": side_partitions}

    @property
    def lanes(self):
        return self.partitions["in"]


HISTORY_VARIANTS = [HistoryVariant("three lanes", 3, 2), HistoryVariant("one lane", 1, 1)]


class HistoryScenario:
    """All that one seed determines."""

    def __init__(self, seed, variant):
        self.variant = variant
        # Small enough for exact arithmetic in both languages.
        self.salt = seed & 0xFFFF

    def draw(self, producer, number, salt, below):
        return mix(number * 8 + producer, salt, self.salt) % below

    def input(self, producer, number):
        """The payload of a producer's event: half are of few keys, half of many."""
        is_hot = self.draw(producer, number, 1, 2) == 0
        key = "h%d" % self.draw(producer, number, 2, 20) if is_hot \
            else "c%d" % self.draw(producer, number, 3, 2000)
        late = 12_000 if self.draw(producer, number, 4, 50) == 0 else 0
        at = TIME_BEGIN + number * TIME_STEP - self.draw(producer, number, 5, 3000) - late
        return {"a": self.draw(producer, number, 6, 2001) - 1000, "at": at,
                "id": "p%d-%d" % (producer, number), "k": key, "n": number, "p": producer}

    def lines(self, producer, first, count):
        """A slice of a producer's events, as it sends them."""
        return "".join(compact(self.input(producer, number)) + "\n"
                       for number in range(first, first + count))

    def sending(self, path):
        """The command that sends a file of such lines."""
        return ["produce", "in", path, "--id", "id", "--key", "k", "--time", "at", "--json"]

    def write(self, directory):
        """Writes functions and configuration; returns the paths of both."""
        functions = self.write_functions(directory)
        configuration = os.path.join(directory, "moonrail.yaml")
        with open(configuration, "w") as file:
            file.write(self.configuration(functions))
        return functions, configuration

    def write_functions(self, directory):
        functions = os.path.join(directory, "functions")
        os.makedirs(os.path.join(functions, "lib"))
        shutil.copy(os.path.join(REPOSITORY, "functions", "lib", "windows.lua"),
                    os.path.join(functions, "lib"))
        for name, source in FUNCTIONS.items():
            with open(os.path.join(functions, name + ".lua"), "w") as file:
                file.write("local SEED = %d\n" % self.salt + LUA_MIX + source)
        return functions

    def configuration(self, functions):
        # A reset while no worker runs looks at the functions, too.
        text = "log_level: warning\nshutdown_timeout: 15s\nfunctions_directory: %s\n" \
            "stations:\n" % json.dumps(functions)
        return text + "".join("  %s: { partitions: %d }\n" % pair
                              for pair in self.variant.partitions.items())
