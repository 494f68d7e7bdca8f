"""What every station, dead-letter station and position must hold, computed from the inputs.

Shares no code with the engine. The only thing it takes from the store is the order in which events
of *different* producers (or lanes, for a station that several lanes write) came to lie in one
partition: that order is free. Everything else is determined.
"""
import itertools
import json

from arithmetic import partition_of


class Expected:
    """One event that must be stored, and what caused it."""

    __slots__ = ("payload", "key", "cause", "root")

    def __init__(self, payload, key, cause, root):
        self.payload = payload
        self.key = key
        self.cause = cause
        self.root = root


class Differences:
    """Collects what is not as it must be; keeps the first few of them."""

    KEPT = 20

    def __init__(self):
        self.count = 0
        self.first = []
        self.compared = 0

    def note(self, place, expected, found):
        self.count += 1
        if len(self.first) < self.KEPT:
            self.first.append("%s: expected %s, found %s" % (place, expected, found))


class Oracle:
    """Compares one run's stations and lanes with what its inputs determine."""

    def __init__(self, scenario, produced, differences):
        """produced: for each producer, how many of its events there must be; None: any number."""
        self.scenario = scenario
        self.variant = scenario.variant
        self.produced = produced
        self.differences = differences
        self.culprits = {"f2": 0, "f3": 0}
        self.lanes = {}

    def check(self, read, lanes):
        """read: answers the events of a station by partition; lanes: what 'offset show' says."""
        inputs = read("a")
        if self.produced is None:
            self.produced = [0] * self.variant.producers
            for event in itertools.chain(*inputs):
                self.produced[event.data["p"]] += 1
        self.check_inputs(inputs)
        found = {"a": inputs}
        found["b"] = self.run("f1", self.scenario.f1, "a", inputs, read, ["b"])["b"]
        outputs = self.run("f2", self.scenario.f2, "b", found["b"], read, ["c", "side"])
        self.run("f3", self.scenario.f3, "c", outputs["c"], read, ["d"])
        self.check_lanes(lanes)

    # The inputs

    def check_inputs(self, found):
        """Each producer's events once, in its order within each partition, at gapless offsets."""
        wanted = [{} for _ in range(self.variant.partitions["a"])]
        for producer, count in enumerate(self.produced):
            for number in range(count):
                event = self.scenario.input(producer, number)
                key = event["k"] if self.variant.keyed else None
                partition = partition_of(key, len(wanted)) if key is not None else 0
                payload = json.dumps(event, separators=(",", ":"))
                wanted[partition].setdefault(producer, []).append(
                    Expected(payload, key, None, event["id"]))
        self.compare("a", found, wanted, lambda event: event.data["p"])

    # A function

    def run(self, name, function, station, inputs, read, outputs):
        """Runs a function over what its input station holds, and compares all that it wrote."""
        wanted = {output: [{} for _ in range(self.variant.partitions[output])]
                  for output in outputs}
        dead = [{}]
        for lane, events in enumerate(inputs):
            counts = dict(processed=len(events), emitted=0, dropped=0, dead_letters=0)
            for event in events:
                emissions = function(event.data)
                cause = "%s/%d/%d" % (station, lane, event.offset)
                root = "p%d-%d" % (event.data["p"], event.data["n"])
                if emissions is None:
                    counts["dead_letters"] += 1
                    self.culprits[name] += 1
                    dead[0].setdefault(lane, []).append(
                        Expected(event.payload, event.key, cause, root))
                    continue
                counts["dropped"] += not emissions
                counts["emitted"] += len(emissions)
                for output, data in emissions:
                    partitions = wanted[output]
                    to = partition_of(event.key, len(partitions)) if event.key is not None \
                        else lane % len(partitions)
                    payload = json.dumps(data, sort_keys=True, separators=(",", ":"))
                    partitions[to].setdefault(lane, []).append(
                        Expected(payload, event.key, cause, root))
            self.lanes[(name, lane)] = dict(counts, next={station: len(events)})
        found = {output: read(output) for output in outputs}
        for output in outputs:
            kept = self.scenario.kept_events if output == "d" else None
            self.compare(output, found[output], wanted[output], lane_of_cause, kept)
        self.compare("dead." + name, read("dead." + name), dead, lane_of_cause)
        return found

    # Comparing

    def compare(self, station, found, wanted, source_of, kept=None):
        """found: events by partition; wanted: for each partition, by source, its events in order.

        kept: of how many events retention keeps at least the latest, in a station each of whose
        partitions has one source.
        """
        note = self.differences.note
        if len(found) != len(wanted):
            note(station, "%d partitions" % len(wanted), "%d" % len(found))
        ids = {}
        for partition, (events, sources) in enumerate(zip(found, wanted)):
            total = sum(map(len, sources.values()))
            start = 0 if kept is None else events[0].offset if events else total
            taken = dict.fromkeys(sources, start)
            for number, event in enumerate(events, start):
                place = "%s/%d/%d" % (station, partition, event.offset)
                self.differences.compared += 1
                if event.offset != number:
                    note(place, "offset %d" % number, "offset %d" % event.offset)
                if event.id in ids:
                    note(place, "an id of its own", "the id of " + ids[event.id])
                ids[event.id] = place
                source = source_of(event)
                rest = sources.get(source, ())
                turn = taken.get(source, start)
                taken[source] = turn + 1
                if turn >= len(rest):
                    note(place, "nothing more of source %s" % source, event)
                else:
                    self.compare_event(place, event, rest[turn])
            for source, rest in sources.items():
                if taken[source] < len(rest):
                    note("%s/%d" % (station, partition),
                         "%d events of source %s, next %s" % (
                             len(rest), source, rest[taken[source]].payload),
                         "%d" % taken[source])

        if kept is not None:
            total = sum(len(events) for sources in wanted for events in sources.values())
            least = min(kept, total)
            there = sum(map(len, found))
            if there < least:
                note(station, "the latest %d events at least" % least, there)

    def compare_event(self, place, event, wanted):
        note = self.differences.note
        if event.payload != wanted.payload:
            note(place, wanted.payload, event.payload)
        if event.key != wanted.key:
            note(place, "key %s" % wanted.key, "key %s" % event.key)
        if wanted.cause is None:
            if event.id != wanted.root:
                note(place, "id %s" % wanted.root, "id %s" % event.id)
            return
        if event.cause != wanted.cause:
            note(place, "caused by " + wanted.cause, "caused by %s" % event.cause)
        if event.root != wanted.root:
            note(place, "correlation " + wanted.root, "correlation %s" % event.root)

    def check_lanes(self, lanes):
        """Positions at the end of every input, and counts that match what is stored."""
        found = {(lane["function"], lane["partition"]): lane for lane in lanes}
        for name, wanted in sorted(self.lanes.items()):
            place = "lane %s/%d" % name
            lane = found.pop(name, None)
            if lane is None:
                if wanted["processed"]:
                    self.differences.note(place, wanted, "no lane")
                continue
            self.differences.compared += 1
            positions = {one["station"]: one["next_offset"] for one in lane["inputs"]}
            if positions != wanted["next"] or lane["lag"] != 0:
                self.differences.note(place, wanted["next"], "%s, lag %s" % (
                    positions, lane["lag"]))
            for count in ("processed", "emitted", "dropped", "dead_letters"):
                if lane[count] != wanted[count]:
                    self.differences.note(place, "%s %d" % (count, wanted[count]), lane[count])
        for name in found:
            self.differences.note("lane %s/%d" % name, "no such lane", "one")


def lane_of_cause(event):
    """The lane that wrote an event: the partition of the input that caused it."""
    return int(event.cause.split("/")[1]) if event.cause else None
