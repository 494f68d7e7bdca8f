"""Asks the commands about state, replays and the store, and compares what they answer."""
import json

from arithmetic import partition_of
from history_oracle import STATEFUL
from scenario import compact


class Questions:
    """What 'moonrail state', 'replay' and 'doctor' say of a finished run."""

    def __init__(self, moonrail, oracle, differences, offset_of=None):
        """offset_of: the offset of a partition's event, of its place; None: they are the same."""
        self.moonrail = moonrail
        self.oracle = oracle
        self.differences = differences
        self.offset_of = offset_of or (lambda station, partition, place: place)

    def ask(self, draw, count):
        """count: questions about random keys at random offsets, of each function."""
        for function in STATEFUL:
            self.compare_states(function)
            self.compare_replays(function)
            for _ in range(count):
                self.ask_past(function, draw)

    def expect(self, what, wanted, found):
        self.differences.compared += 1
        if found != wanted:
            self.differences.note(what, wanted, found)

    def lanes(self, function):
        return [lane for (name, _), lane in sorted(self.oracle.lanes.items()) if name == function]

    def compare_states(self, function):
        """The states as they are now: all of them, and how many."""
        wanted = {}
        for lane in self.lanes(function):
            wanted.update(lane.fold.states(len(lane.fold.events)))
        found = {}
        for line in self.moonrail.answer("state", "list", function, "--json").splitlines():
            state = json.loads(line)
            found[state["key"]] = compact(state["value"])
        for key in sorted(wanted.keys() | found.keys()):
            self.expect("state of %s of %s" % (key, function), wanted.get(key), found.get(key))
        counted = json.loads(self.moonrail.answer("state", "count", function, "--json"))
        self.expect("keys of " + function, len(wanted), counted["keys"])

    def ask_past(self, function, draw):
        """The state of a random key after a random event."""
        lanes = self.lanes(function)
        lane = draw.choice([lane for lane in lanes if lane.fold.events])
        key = draw.choice(lane.fold.events).key
        place = draw.randrange(len(lane.fold.events))
        offset = self.offset_of(lane.source, lane.partition, place)
        done = self.moonrail.attempt(
            "state", "get", function, key, "--at", str(offset), "--json")
        found = done.stderr
        if done.returncode in (0, 3) and done.stdout:
            found = compact(json.loads(done.stdout).get("value"))
        self.expect("state of %s of %s/%d at %d" % (
            key, function, partition_of(key, len(lanes)), offset),
            lane.fold.state(key, place + 1), found)

    def compare_replays(self, function):
        """What the latest replay of each lane says of itself, and what earlier ones had said."""
        shown = {replay["partition"]: replay for replay in json.loads(
            self.moonrail.answer("replay", "show", function, "--json"))}
        for lane in self.lanes(function):
            last = lane.runs[-1]
            replay = shown.pop(lane.partition, None)
            if last.number > 0 and replay is not None:
                last.counts = counts_of(replay)
                self.expect(
                    "replay of %s/%d" % (function, lane.partition),
                    (last.number, last.outputs, last.end - last.start, 0, False),
                    (replay["generation"], replay["outputs"], replay["events"],
                     replay["events_left"], replay["is_restoring"]))
            elif last.number > 0 or replay is not None:
                self.expect("replay of %s/%d" % (function, lane.partition), last, replay)
            for run in lane.runs:
                if run.counts is not None:
                    self.expect("%s/%d, %s: present, added, otherwise" % (
                        function, lane.partition, run), tuple(run.filled), run.counts)

    def verify(self, function):
        """All of a function's history is as it would be made again."""
        done = self.moonrail.attempt("replay", "verify", function, "--json")
        self.expect("replay verify " + function, 0, done.returncode)
        if done.returncode != 0:
            self.differences.note("replay verify " + function, "nothing", (
                done.stdout + done.stderr)[:1000])

    def examine(self):
        """The whole store is as it must be, and history as it would be made again."""
        for function in (*STATEFUL, "copy"):
            self.verify(function)
        done = self.moonrail.attempt("doctor", "--json")
        findings = json.loads(done.stdout)["store"]["findings"] if done.stdout else done.stderr
        self.expect("doctor", (0, []), (done.returncode, findings))


def counts_of(replay):
    """What a replay that fills in has found: present, added, differing."""
    return replay["present"], replay["added"], replay["differing"]
