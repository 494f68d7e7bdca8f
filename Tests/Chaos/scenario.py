"""Three chained functions, their configuration and their input, all made from a seed.

    a --f1--> b --f2--> c --f3--> d
                 \\-> side

f1 drops a tenth of its events and doubles a twelfth; f2 fails 1 % of its events; f3 takes its host
along on 0.1 % of its events, stuck in C beyond its CPU limit.
"""
import json
import os

from arithmetic import mix

LUA_MIX = """
local function mix(number, salt)
  local value = (number * 2654435761 + salt * 40503 + SEED * 97) & 0xffffffff
  value = value ~ (value >> 15)
  value = (value * 2246822519) & 0xffffffff
  return value ~ (value >> 13)
end
"""

FUNCTIONS = {
    "f1": """
return {
  from = "a", to = "b",
  handler = function(event, context)
    local n, p = event.data.n, event.data.p
    local u = n * 8 + p
    if mix(u, 1) % 10 == 0 then return nil end
    local copies = mix(u, 2) % 12 == 0 and 2 or 1
    for i = 0, copies - 1 do
      context.emit({ i = i, k = event.data.k, n = n, p = p, v = mix(u * 2 + i, 3) % 100000 })
    end
  end,
}
""",
    "f2": """
return {
  from = "b", to = { "c", "side" },
  handler = function(event, context)
    local d = event.data
    local u = (d.n * 8 + d.p) * 2 + d.i
    if mix(u, 4) % 100 == 42 then error("refused " .. d.n) end
    context.emit({ i = d.i, k = d.k, n = d.n, p = d.p, w = (d.v * 7 + 13) % 99991 })
    if d.v % 5 == 0 then context.emit({ i = d.i, n = d.n, p = d.p }, { to = "side" }) end
  end,
}
""",
    "f3": """
return {
  from = "c", to = "d",
  batch = 16,
  limits = { time = "10ms" },
  handler = function(event)
    local d = event.data
    local u = (d.n * 8 + d.p) * 2 + d.i
    if mix(u, 5) % 1000 == 77 then
      string.find(string.rep("a", 300), ".-.-.-.-.-.-.-.-b")
    end
    return { i = d.i, n = d.n, p = d.p, x = d.w // 2 }
  end,
}
""",
}


def compact(value):
    """JSON as Moonrail writes the tables of a function: sorted members, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


class Variant:
    """How the stations are cut up, and who produces."""

    def __init__(self, name, keyed, partitions, side_partitions, producers):
        self.name = name
        self.keyed = keyed
        self.partitions = {"a": partitions, "b": partitions, "c": partitions, "d": partitions,
                           "side": side_partitions}
        self.producers = producers


VARIANTS = [Variant("keyed", True, 3, 2, 2), Variant("unkeyed", False, 1, 1, 2)]


class Scenario:
    """All that one seed determines."""

    def __init__(self, seed, variant, kept_events=None):
        """kept_events: of station d retention keeps so many; None: it keeps all."""
        self.seed = seed
        self.kept_events = kept_events
        self.variant = variant
        # Small enough for exact arithmetic in both languages.
        self.salt = seed & 0xFFFF

    def input(self, producer, number):
        """The payload of a producer's event."""
        key = "k%d" % (mix(number * 8 + producer, 6, self.salt) % 29)
        return {"id": "p%d-%d" % (producer, number), "k": key, "n": number, "p": producer}

    def lines(self, producer, first, count):
        """A slice of a producer's events, as it sends them."""
        return "".join(compact(self.input(producer, number)) + "\n"
                       for number in range(first, first + count))

    def sending(self, path):
        """The command that sends a file of such lines."""
        keyed = ["--key", "k"] if self.variant.keyed else []
        return ["produce", "a", path, "--id", "id", "--json", *keyed]

    def f1(self, event):
        unit = event["n"] * 8 + event["p"]
        if mix(unit, 1, self.salt) % 10 == 0:
            return []
        copies = 2 if mix(unit, 2, self.salt) % 12 == 0 else 1
        return [("b", {"i": i, "k": event["k"], "n": event["n"], "p": event["p"],
                       "v": mix(unit * 2 + i, 3, self.salt) % 100000}) for i in range(copies)]

    def f2(self, event):
        """What f2 emits; None for an event that it fails."""
        unit = (event["n"] * 8 + event["p"]) * 2 + event["i"]
        if mix(unit, 4, self.salt) % 100 == 42:
            return None
        outputs = [("c", {"i": event["i"], "k": event["k"], "n": event["n"], "p": event["p"],
                          "w": (event["v"] * 7 + 13) % 99991})]
        if event["v"] % 5 == 0:
            outputs.append(("side", {"i": event["i"], "n": event["n"], "p": event["p"]}))
        return outputs

    def f3(self, event):
        """What f3 emits; None for an event that takes the host along."""
        unit = (event["n"] * 8 + event["p"]) * 2 + event["i"]
        if mix(unit, 5, self.salt) % 1000 == 77:
            return None
        return [("d", {"i": event["i"], "n": event["n"], "p": event["p"], "x": event["w"] // 2})]

    def write(self, directory, shutdown_seconds=15):
        """Writes functions and configuration; returns the paths of both."""
        functions = os.path.join(directory, "functions")
        os.makedirs(functions, exist_ok=True)
        for name, source in FUNCTIONS.items():
            with open(os.path.join(functions, name + ".lua"), "w") as file:
                file.write("local SEED = %d\n" % self.salt + LUA_MIX + source)
        configuration = os.path.join(directory, "moonrail.yaml")
        with open(configuration, "w") as file:
            file.write("log_level: warning\nshutdown_timeout: %ds\nstations:\n" % shutdown_seconds)
            for station, partitions in self.variant.partitions.items():
                kept = ""
                if station == "d" and self.kept_events is not None:
                    kept = ", retention: { events: %d }" % self.kept_events
                file.write("  %s: { partitions: %d%s }\n" % (station, partitions, kept))
        return functions, configuration
