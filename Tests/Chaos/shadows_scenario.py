"""A function with state whose fixes are tried as shadows, its reader, and their input, from a seed.

    in --fold--> sums --copy--> copies

fold keeps a sum for each key and fails 1 % of its events after it had changed the state. Each of
its versions emits the same but for its own number.
"""
import json
import os

from arithmetic import mix
from history_scenario import HistoryScenario
from scenario import LUA_MIX, compact

FOLD = """
return {
  from = "in", to = "sums",
  state = { initial = { count = 0, sum = 0 } },
  breaker = false,
  handler = function(event, context)
    local d, state = event.data, context.state
    state.count = state.count + 1
    state.sum = state.sum + d.a
    if mix(d.n * 8 + d.p, 12) % 100 == 42 then error("refused " .. d.n) end
    return { n = d.n, p = d.p, sum = state.sum, v = VERSION }
  end,
}
"""
COPY = 'return { from = "sums", to = "copies", handler = function(event) return event.data end }\n'


class ShadowsScenario(HistoryScenario):
    """All that one seed determines; the input is that of the history campaign."""

    def source(self, version):
        """The text of one version of fold."""
        return "local SEED, VERSION = %d, %d\n" % (self.salt, version) + LUA_MIX + FOLD

    def deploy(self, functions, version):
        """Puts a version of fold into the functions directory, whole at once."""
        path = os.path.join(functions, "fold.lua")
        with open(path + ".new", "w") as file:
            file.write(self.source(version))
        os.rename(path + ".new", path)

    def write(self, directory):
        """Writes functions and configuration; returns the paths of both."""
        functions = os.path.join(directory, "functions")
        os.makedirs(functions)
        self.deploy(functions, 0)
        with open(os.path.join(functions, "copy.lua"), "w") as file:
            file.write(COPY)
        configuration = os.path.join(directory, "moonrail.yaml")
        with open(configuration, "w") as file:
            file.write("log_level: warning\nshutdown_timeout: 15s\nfunctions_directory: %s\n"
                       "stations:\n" % json.dumps(functions))
            for station in ("in", "sums", "copies"):
                file.write("  %s: { partitions: %d }\n" % (station, self.variant.lanes))
        return functions, configuration

    def fold(self, events):
        """What fold makes of one lane's events: the outputs, the offsets of those that it refuses,
        and the changes of state, in order; written anew, without the function."""
        outputs, refused, changes, accounts = [], [], [], {}
        for offset, event in enumerate(events):
            data = event.data
            if mix(data["n"] * 8 + data["p"], 12, self.salt) % 100 == 42:
                refused.append(offset)
                continue
            count, total = accounts.get(event.key, (0, 0))
            count, total = accounts[event.key] = count + 1, total + data["a"]
            outputs.append((event.key, data["n"], data["p"], total))
            changes.append((event.key, compact({"count": count, "sum": total})))
        return outputs, refused, changes
