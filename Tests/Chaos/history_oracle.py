"""What every station, state and position must be after any number of resets, from the inputs alone.

Takes from the store the order in which events of different producers came to lie in a partition,
and where a lane stood when it was moved while the answer got lost; nothing else.
"""
import json
import types

from arithmetic import partition_of
from comparison import Expected, compare, lane_of_cause
from folds import Copy, Fold, Minutes, Sum
from history_model import LaneModel, Run, check_state_log
from scenario import compact

# The functions that keep state, with their folds and the stations that they write.
STATEFUL = {"sum": (Sum, ["sums", "side"]), "minutes": (Minutes, ["counts"])}


class HistoryOracle:
    """Compares one run with what its inputs and its resets determine."""

    def __init__(self, scenario, produced, runs, ids, differences):
        """runs: of each function and partition the runs of that lane; ids: of outputs that were
        removed, by station, cause, generation and payload."""
        self.scenario = scenario
        self.partitions = scenario.variant.partitions
        self.produced = produced
        self.runs = runs
        self.ids = ids
        self.differences = differences
        self.lanes = {}
        self.ids_again = 0

    def check(self, read, lanes):
        """read: answers the events of a station by partition; lanes: what 'offset show' says."""
        inputs = read("in")
        self.check_inputs(inputs)
        for function, (fold, outputs) in STATEFUL.items():
            states = read("state." + function)
            dead = read("dead." + function)
            for partition, events in enumerate(inputs):
                lane = LaneModel("in", function, partition, Fold(fold(self.scenario.salt), events),
                                 self.runs[(function, partition)])
                check_state_log(self.differences, lane, function, states[partition])
                lane.play([(event.generation, offset_of_cause(event))
                           for event in dead[0] if lane_of_cause(event) == partition])
                self.lanes[(function, partition)] = lane
            for output in outputs:
                self.compare(output, function, read(output), len(inputs))
            self.compare("dead." + function, function, dead, len(inputs))
        self.check_copies(read("copies"), len(inputs))
        self.check_lanes(lanes)

    def check_inputs(self, found):
        """Each producer's events once, in its order within each partition, at gapless offsets."""
        wanted = [{} for _ in range(self.partitions["in"])]
        for producer, count in enumerate(self.produced):
            for number in range(count):
                event = self.scenario.input(producer, number)
                partition = partition_of(event["k"], len(wanted))
                wanted[partition].setdefault(producer, []).append(
                    Expected(compact(event), event["k"], None, event["id"]))
        compare(self.differences, "in", found, wanted, lambda event: event.data["p"])

    def check_copies(self, found, lanes):
        """A function downstream takes all that was ever appended, in its order."""
        for partition in range(lanes):
            sums = self.lanes[("sum", partition)].output("sums")
            events = [types.SimpleNamespace(
                key=entry.expected.key, data=json.loads(entry.expected.payload),
                root=entry.expected.root) for entry in sums.entries]
            last = Run(0)
            last.stop = len(events)
            lane = LaneModel("sums", "copy", partition, Fold(Copy(None), events), [last])
            lane.play([])
            self.lanes[("copy", partition)] = lane
        self.compare("copies", "copy", found, lanes)

    def compare(self, station, function, found, lanes):
        """Compares what the lanes of a function wrote to a station."""
        wanted = [{} for _ in found]
        gone = [0] * len(found)
        for lane in range(lanes):
            output = self.lanes[(function, lane)].output(station)
            if output.gone:
                # Only of stations each of whose partitions has one lane something was removed.
                gone[lane] = output.gone
            for entry in output.entries:
                key = entry.expected.key
                wanted[partition_of(key, len(found))].setdefault(lane, []).append(entry.expected)
        compare(self.differences, station, found, wanted, lane_of_cause,
                kept=0 if any(gone) else None)
        for partition, events in enumerate(found):
            earliest = events[0].offset if events else gone[partition]
            if earliest != gone[partition]:
                self.differences.note("%s/%d" % (station, partition),
                                      "offset %d first" % gone[partition], earliest)
            for event in events:
                known = self.ids.get((station, event.cause, event.generation, event.payload))
                if known is None:
                    continue
                self.ids_again += 1
                if known != event.id:
                    self.differences.note("%s/%d/%d" % (station, partition, event.offset),
                                          "the id that it had, " + known, event.id)

    def check_lanes(self, lanes):
        """Positions at the end of every input, and counts of all that was done."""
        found = {(lane["function"], lane["partition"]): lane for lane in lanes}
        for name, model in self.lanes.items():
            place = "lane %s/%d" % name
            lane = found.pop(name, None)
            self.differences.compared += 1
            if lane is None:
                self.differences.note(place, "one", "none")
                continue
            wanted = dict(
                inputs=[{"next_offset": len(model.fold.events), "station": model.source}], lag=0,
                missed=0, generation=model.runs[-1].number)
            if model.is_exact:
                wanted.update(model.counts)
            there = {name: lane[name] for name in wanted}
            if there != wanted:
                self.differences.note(place, wanted, there)
        for name in found:
            self.differences.note("lane %s/%d" % name, "no such lane", "one")


def offset_of_cause(event):
    return int(event.cause.split("/")[2])
