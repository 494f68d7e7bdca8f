"""What every station, dead-letter station and position must hold, computed from the inputs.

Shares no code with the engine. The only thing it takes from the store is the order in which events
of *different* producers (or lanes, for a station that several lanes write) came to lie in one
partition: that order is free. Everything else is determined.
"""
import itertools
import json

from arithmetic import partition_of
from comparison import Expected, compare, lane_of_cause


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
        compare(self.differences, "a", found, wanted, lambda event: event.data["p"])

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
            compare(self.differences, output, found[output], wanted[output], lane_of_cause, kept)
        compare(self.differences, "dead." + name, read("dead." + name), dead, lane_of_cause)
        return found

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
